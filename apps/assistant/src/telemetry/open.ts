import { defaultPaths, Telemetry } from "@cloud-code/telemetry";
import { policyFiles, readOrganisation } from "../organisation.ts";

/** What a surface tells about itself. */
export interface Surface {
  /** The editor's own telemetry switch at this moment; undefined where there is none. */
  readonly editorTelemetry: () => boolean | undefined;
  /** The receiver that the person's settings name, an HTTPS origin. */
  readonly receiver: () => string | undefined;
  /** Called when the choice became another one, here or elsewhere. */
  readonly changed?: () => void;
  /** Hears of failures in the background. */
  readonly failed?: (error: unknown) => void;
}

/** Opens the usage statistics of this user for a surface. Counts nothing unless the person chose it; sends nothing before `start`. */
export async function openTelemetry(
  surface: Surface,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Telemetry> {
  const files = policyFiles(environment, process.platform);
  const { changed, failed } = surface;
  return Telemetry.open({
    paths: defaultPaths(environment, process.platform),
    signals: async () => ({
      editorTelemetry: surface.editorTelemetry(),
      doNotTrack: isSet(environment["DO_NOT_TRACK"]),
      organisation: await readOrganisation(files),
    }),
    // A company's own receiver goes before one that a setting names.
    receiver: async () => (await readOrganisation(files)).statisticsReceiver ?? surface.receiver(),
    ...(changed === undefined ? {} : { changed }),
    ...(failed === undefined ? {} : { failed }),
  });
}

/** The convention of `DO_NOT_TRACK`: any value but none, "0" and "false" is a wish. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false"].includes(value.toLowerCase());
}
