/** Opens an address in the browser of this machine, where it has a screen. */
import { spawn } from "node:child_process";

/** Whether there is a screen that a browser could be seen on. */
export function hasDisplay(platform: string, env: Readonly<Record<string, string | undefined>>): boolean {
  if (platform === "darwin" || platform === "win32") return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

/** The program that opens addresses, with its words. */
export function openerOf(platform: string, url: string): readonly [program: string, ...words: string[]] {
  if (platform === "darwin") return ["open", url];
  // The empty word is the title of a window that start would open.
  if (platform === "win32") return ["cmd", "/c", "start", "", url];
  return ["xdg-open", url];
}

/** Opens it and does not wait; where no program does that, nothing happens: the address has been printed. */
export function openInBrowser(url: string): void {
  const [program, ...words] = openerOf(process.platform, url);
  const child = spawn(program, words, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
