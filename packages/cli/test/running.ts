/** The built command, run as a user runs it: in a directory, with its output in pipes. At most two run at a time. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command while it runs. */
export interface Running extends Pick<ChildProcess, "stdout"> {
  /** Sends a signal, once: a command that is asked to stop for the second time ends at once, without a word. */
  kill(signal: NodeJS.Signals): boolean;
}

interface RunOptions {
  /** Called with all that has come on stdout, whenever more comes. */
  readonly onOutput?: (stdout: string, child: Running) => void;
  /** A file or device that stdout goes to. */
  readonly stdout?: string;
  /** A program that runs the command, with its own arguments: prlimit … */
  readonly through?: readonly string[];
  /** Whether the command runs as a user without rights, where the tests run as root. */
  readonly isUnprivileged?: boolean;
}

const command = fileURLToPath(new URL("../bin/inkling.js", import.meta.url));
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs `inkling` with these arguments in a directory, and waits for its end. */
export async function inkling(directory: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  while (running === AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await started(directory, args, options);
  } finally {
    running--;
    waiting.shift()?.();
  }
}

function started(directory: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  const { onOutput, through = [], isUnprivileged = false } = options;
  return new Promise((resolve, reject) => {
    // Whoever runs the tests may want colours; they are not looked for here.
    const env = { ...process.env, FORCE_COLOR: undefined };
    const [program = "", ...words] = [...through, process.execPath, command, ...args];
    const target = options.stdout === undefined ? undefined : openSync(options.stdout, "w");
    const child = spawn(program, words, {
      cwd: directory,
      env,
      stdio: ["ignore", target ?? "pipe", "pipe"],
      ...(isUnprivileged && process.getuid?.() === 0 && { uid: 65534, gid: 65534 }),
    });
    if (target !== undefined) closeSync(target);
    let isSent = false;
    const running: Running = {
      stdout: child.stdout,
      kill(signal) {
        isSent ||= child.kill(signal);
        return isSent;
      },
    };
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      onOutput?.(stdout, running);
    });
    child.stderr?.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** The one JSON object that a command with --json prints, and nothing beside it. Throws for anything else. */
export function onlyJson({ code, stdout, stderr }: Ended): Record<string, unknown> {
  const lines = stdout.split("\n");
  if (code !== 0 || lines.length !== 2 || lines[1] !== "") {
    throw new Error(`expected one line of JSON and exit 0, got exit ${code}, stdout ${stdout}, stderr ${stderr}`);
  }
  return JSON.parse(lines[0]);
}

/**
 * The one sentence of a command that refuses what it was asked for: exit 2, nothing on stdout. Throws for anything
 * else.
 */
export function refusalOf({ code, stdout, stderr }: Ended): string {
  if (code !== 2 || stdout !== "" || !/^[^\n]+\n$/.test(stderr)) {
    throw new Error(`expected one line on stderr and exit 2, got exit ${code}, stdout ${stdout}, stderr ${stderr}`);
  }
  return stderr;
}
