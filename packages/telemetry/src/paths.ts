import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Where things are kept on a person's machine. */
export interface Paths {
  /** The file of the person's answers. It exists once there was an answer. */
  readonly choices: string;
  /** The folder of counts and copies of reports. It exists once something was counted. */
  readonly figures: string;
}

/** The places for this user: both in `CLOUD_CODE_TELEMETRY_DIR` if that is set, else where the system keeps settings and state. */
export function defaultPaths(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Paths {
  const own = environment["CLOUD_CODE_TELEMETRY_DIR"];
  const [settings, state] =
    own !== undefined && own !== ""
      ? [resolve(own), resolve(own)]
      : systemFolders(environment, platform);
  return { choices: join(settings, "telemetry.jsonl"), figures: join(state, "telemetry") };
}

function systemFolders(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly [string, string] {
  const home = homedir();
  // The base directory specification: a relative path is invalid and ignored.
  const folder = (variable: string, otherwise: string): string => {
    const named = environment[variable];
    return join(named !== undefined && isAbsolute(named) ? named : otherwise, "cloud-code");
  };
  if (platform === "darwin") {
    const support = join(home, "Library", "Application Support", "cloud-code");
    return [support, support];
  }
  if (platform === "win32") {
    return [
      folder("APPDATA", join(home, "AppData", "Roaming")),
      folder("LOCALAPPDATA", join(home, "AppData", "Local")),
    ];
  }
  return [
    folder("XDG_CONFIG_HOME", join(home, ".config")),
    folder("XDG_STATE_HOME", join(home, ".local", "state")),
  ];
}
