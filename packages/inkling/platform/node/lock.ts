/**
 * The lock of a directory: a file that says which process uses it. It is taken away when the process ends. That of a
 * process that was killed stays and is ignored; so who wrote it has to be found out:
 *
 * - A process of this machine that can be seen from here is known by its number and the moment at which it started.
 * - One that cannot be seen (another machine, another container) gives signs of life: it touches its lock every five
 *   seconds. After a minute without one it counts as dead. A process that stands still for so long (SIGSTOP, a machine
 *   that sleeps), or whose clock is a minute behind, looks like a dead one; so the owner looks again before each write
 *   whether the lock is still its own.
 *
 * The lock appears as a whole, by a link from a finished file, so that no two processes take it at once.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync, rmSync } from "node:fs";
import { type FileHandle, link, lstat, open, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { FileError } from "../../src/index.ts";
import { escaped } from "../../src/shown.ts";
import { reasonOf } from "./files.ts";

/** Seconds between two signs of life, and after how many without one a process counts as dead. */
const SIGN = 5;
const SILENCE = 60;
/** The longest lock that is read, in bytes. */
const LONGEST = 4096;

/** Which process it is, as far as others can find out. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /**
   * Of Linux: when the process started, in ticks since the machine did; which start of the machine, which container.
   */
  readonly started: string | null;
  readonly machine: string | null;
  readonly namespace: string | null;
  /** Another for every lock. */
  readonly token: string;
}

/** A lock as it was found. */
interface Found {
  readonly text: string;
  /** Undefined where the text is none of ours. */
  readonly owner: Owner | undefined;
  /** When its last sign of life was, by the clock of its disk, in milliseconds. */
  readonly touched: number;
}

/** The locks of this process. */
const held = new Map<string, string>();
process.on("exit", () => {
  for (const [token, path] of held) if (isOurs(token, path)) rmSync(path, { force: true });
});

export class Lock {
  readonly #path: string;
  readonly #token: string;
  readonly #file: FileHandle;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, token: string, file: FileHandle) {
    this.#path = path;
    this.#token = token;
    this.#file = file;
    held.set(token, path);
    // By its handle, so that it never touches the lock of another process.
    const touch = () => file.utimes(new Date(), new Date()).catch(() => {});
    this.#timer = setInterval(touch, 1000 * SIGN).unref();
  }

  /** Takes the lock `path`. Throws a FileError, in the name of its directory, if another process has it. */
  static async take(path: string): Promise<Lock> {
    const token = randomBytes(8).toString("hex");
    const temporary = join(dirname(path), `.lock.${token}.tmp`);
    try {
      await writeFile(temporary, JSON.stringify(thisProcess(token)), { flag: "wx", flush: true });
      // Each round either takes the lock, or finds its owner alive, or takes a dead one away.
      for (;;) {
        if (await linked(temporary, path)) return new Lock(path, token, await open(path, "r"));
        const found = await foundAt(path);
        if (found === undefined) continue;
        const now = (await stat(temporary)).mtimeMs;
        const silent = Math.max(0, (now - found.touched) / 1000);
        if (isAlive(found.owner, silent)) throw refusal(dirname(path), found.owner, silent);
        await takeAway(path, found.text);
      }
    } catch (error) {
      if (error instanceof FileError) throw error;
      throw new FileError(dirname(path), "a directory that can be written", reasonOf(error));
    } finally {
      await unlink(temporary).catch(() => {});
    }
  }

  /** Whether it is still ours: a process that stood still may have lost it. */
  isOurs(): boolean {
    return isOurs(this.#token, this.#path);
  }

  /** Gives it back. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (this.isOurs()) await unlink(this.#path).catch(() => {});
    held.delete(this.#token);
    await this.#file.close().catch(() => {});
  }
}

/** Throws a FileError if a process that lives has the lock `path`. Nothing is changed. */
export async function checkFree(path: string): Promise<void> {
  const found = await foundAt(path).catch(() => undefined);
  if (found === undefined) return;
  const silent = Math.max(0, (Date.now() - found.touched) / 1000);
  if (isAlive(found.owner, silent)) throw refusal(dirname(path), found.owner, silent);
}

function isOurs(token: string, path: string): boolean {
  try {
    return ownerOf(readFileSync(path, "utf8"))?.token === token;
  } catch {
    return false;
  }
}

/** Makes `path` another name of a file; false where there is one already. */
async function linked(file: string, path: string): Promise<boolean> {
  try {
    await link(file, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === undefined || !["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code)) throw error;
  }
  // A disk without links: created, then filled. A lock that is just being filled counts by its age.
  try {
    await writeFile(path, await readFile(file), { flag: "wx", flush: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The lock that is there; undefined for none. */
async function foundAt(path: string): Promise<Found | undefined> {
  try {
    const status = await lstat(path);
    const text = status.isFile() && status.size <= LONGEST ? await readFile(path, "utf8") : "";
    return { text, owner: ownerOf(text), touched: status.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Takes a dead one's lock away, if it is still there. One process at a time does it, so that none takes away what
 * another has just put in its place: which one, says a file that can be made only once.
 */
async function takeAway(path: string, text: string): Promise<void> {
  const guard = `${path}.taking`;
  try {
    await writeFile(guard, "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const age = Date.now() - ((await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now());
    // Whoever does this needs no second for it; one that was killed meanwhile leaves its file.
    if (age > 1000 * SILENCE) await rm(guard, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return;
  }
  try {
    if ((await foundAt(path))?.text === text) await rm(path, { force: true });
  } finally {
    await unlink(guard).catch(() => {});
  }
}

function thisProcess(token: string): Owner {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid), ...place(), token };
}

/** Which start of which machine this is, and which container; null where the system does not say. */
function place(): Pick<Owner, "machine" | "namespace"> {
  return {
    machine: orNull(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: orNull(() => readlinkSync("/proc/self/ns/pid")),
  };
}

/** When a process started, in ticks, or "ended"; null for one that is not there, or that cannot be seen. */
function startOf(pid: number): string | null {
  return orNull(() => {
    const status = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program stands in brackets and may hold anything; behind it: state, then numbers.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const hasEnded = fields[0] === "Z" || fields[0] === "X";
    return hasEnded ? "ended" : (fields[19] ?? null);
  });
}

function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

function ownerOf(text: string): Owner | undefined {
  const owner = orNull(() => JSON.parse(text)) as Partial<Owner> | null;
  const isText = (value: unknown) => value === null || typeof value === "string";
  if (typeof owner !== "object" || owner === null) return undefined;
  const { pid, host, started, machine, namespace, token } = owner;
  const isSound = Number.isSafeInteger(pid) && typeof host === "string" && typeof token === "string";
  return isSound && [started, machine, namespace].every(isText) ? (owner as Owner) : undefined;
}

/** Whether the process that wrote a lock lives, as far as it can be known. `silent`: seconds since its last sign. */
function isAlive(owner: Owner | undefined, silent: number): boolean {
  if (owner === undefined || !isVisible(owner)) return silent < SILENCE;
  const start = startOf(owner.pid);
  if (owner.started !== null && start !== null) return start === owner.started;
  // Without the moment of its start (no /proc, or one that hides others), another process may have its number by now.
  return isThere(owner.pid) && silent < SILENCE;
}

/** Whether the number of the process means the same here. */
function isVisible({ host, machine, namespace }: Owner): boolean {
  const here = place();
  if (machine === null || here.machine === null) return machine === here.machine && host === hostname();
  return machine === here.machine && namespace === here.namespace;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function refusal(directory: string, owner: Owner | undefined, silent: number): FileError {
  const expected = "a directory that no other training uses";
  const who = owner === undefined ? "another process" : `process ${owner.pid} on ${escaped(owner.host.slice(0, 60))}`;
  const left = Math.max(1, Math.ceil(SILENCE - silent));
  const advice =
    owner !== undefined && isVisible(owner)
      ? "Wait for its end, or name another directory."
      : `Whether it still runs cannot be seen from here. If it has ended, its lock is ignored in ${left} s.`;
  return new FileError(directory, expected, `one that ${who} is using`, advice);
}
