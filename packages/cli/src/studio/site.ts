/**
 * Where the built site is: in a folder that is named, or in the sources beside the command, where it is built when it
 * is missing. The command's own package holds no site.
 */
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError } from "inkling";
import { interruptedCode, onInterrupt } from "../interrupt.ts";

/** The root of the sources, where this file is one of them: packages/cli/dist/studio/ */
const SOURCES = fileURLToPath(new URL("../../../../", import.meta.url));
const BUILD = ["run", "build", "-w", "apps/site"];

export interface SiteOptions {
  /** A folder with a built site, in place of the sources' own. */
  readonly folder?: string | undefined;
  readonly quiet?: true | undefined;
  /** The root of the sources; the command's own if absent. */
  readonly sources?: string;
}

/** The folder of the built site; builds it where it is missing. Throws a FileError. */
export async function builtSite({ folder, quiet, sources = SOURCES }: SiteOptions): Promise<string> {
  if (folder !== undefined) {
    if (await isThere(join(folder, "index.html"))) return folder;
    throw new FileError(folder, "a folder with a built site (index.html)", "none");
  }
  const built = join(sources, "apps/site/.vitepress/dist");
  if (await isThere(join(built, "index.html"))) return built;
  if (!(await isThere(join(sources, "apps/site/package.json")))) {
    const advice =
      "The package has the command alone: get the sources (git clone), run npm ci and inkling studio there, or name a" +
      " built site by --site.";
    throw new FileError("studio", "Inkling's sources beside the command", "none", advice);
  }
  if (!quiet) console.error(`The site is not built yet. Building it takes about a minute: npm ${BUILD.join(" ")}`);
  await build(sources, quiet === true);
  if (await isThere(join(built, "index.html"))) return built;
  throw new FileError(built, "a built site", "none");
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Builds the site; what npm prints goes to stderr. */
async function build(sources: string, isQuiet: boolean): Promise<void> {
  // npm is a script on Windows, which only a shell starts.
  const isWindows = process.platform === "win32";
  // Beside this Node there is mostly its npm.
  const path = [process.env.PATH, dirname(process.execPath)].join(isWindows ? ";" : ":");
  const child = spawn("npm", BUILD, {
    cwd: sources,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", isQuiet ? "ignore" : process.stderr, process.stderr],
    shell: isWindows,
  });
  onInterrupt(() => {
    child.kill();
    process.exit(interruptedCode());
  });
  const ended = await new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : `exit ${code ?? signal}`));
  });
  onInterrupt();
  if (ended === "") return;
  const advice = "What went wrong stands above.";
  throw new FileError(`npm ${BUILD.join(" ")}`, "a built site", ended, advice);
}
