import { spawn } from "node:child_process";

/**
 * Asks the system to open an address in the person's browser, and resolves with whether it could be asked. Never fails:
 * the address is printed too, and a machine without display or browser is as good as any.
 */
export function openBrowser(
  address: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const command = commandFor(address, environment);
  if (!command) return Promise.resolve(false);
  const [program, ...parameters] = command;
  return new Promise((resolve) => {
    // Detached and deaf: what the browser prints is not ours to show, and it outlives this program.
    const child = spawn(program, parameters, { stdio: "ignore", detached: true, env: environment });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

function commandFor(
  address: string,
  environment: NodeJS.ProcessEnv,
): [string, ...string[]] | undefined {
  if (process.platform === "darwin") return ["open", address];
  // The empty word is the title that `start` takes a first quoted word for.
  if (process.platform === "win32") return ["cmd", "/c", "start", '""', address];
  const hasDisplay = Boolean(environment["DISPLAY"] || environment["WAYLAND_DISPLAY"]);
  return hasDisplay ? ["xdg-open", address] : undefined;
}
