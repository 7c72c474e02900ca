/** Files read whole and written whole: never half a file, and never a size that was not asked about first. */
import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { rmSync, statSync } from "node:fs";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, sep } from "node:path";
import { ArgumentError, FileError } from "../../src/index.ts";
import { shown } from "../../src/shown.ts";

/** The largest file that is read into memory. */
export const MAX_FILE = 2 ** 31;
const WRITABLE = "a place that can be written";
export const READABLE = "a file that can be read";

/**
 * Throws an ArgumentError, in the name of `where`, for what is no path. The empty text is the file system's to refuse.
 */
export function checkPath(where: string, path: unknown): asserts path is string {
  if (typeof path === "string") return;
  throw new ArgumentError(where, 'a path, as "model.safetensors"', shown(path));
}

/** Reads a file. Throws a FileError if there is none, it is not one, or it has more than `limit` bytes. */
export async function readWhole(path: string, limit = MAX_FILE): Promise<Uint8Array<ArrayBuffer>> {
  checkPath("readWhole", path);
  try {
    const found = await stat(path);
    // A device has no size to ask for, and /dev/zero has no end.
    if (isDevice(found)) throw new FileError(path, READABLE, "a device");
    const { size } = found;
    if (size > limit) throw new FileError(path, `a file of at most ${limit} bytes`, `${size} bytes`);
    const bytes = await readFile(path);
    // Small files come as a view of a shared pool: copied, so that the buffer is the file's own.
    return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
      ? new Uint8Array(bytes.buffer)
      : new Uint8Array(bytes);
  } catch (error) {
    throw readable(error, path, READABLE);
  }
}

/**
 * Writes a file as one act: a temporary file beside it, flushed to the disk, then renamed, and the directory flushed. A
 * reader sees the old file or the new one, also after a power cut. Throws a FileError, and leaves nothing behind, if it
 * cannot be written.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await checkTarget(path);
  const temporary = temporaryName(path);
  try {
    await writeFlushed(temporary, bytes);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw readable(error, path, WRITABLE);
  } finally {
    unfinished.delete(temporary);
  }
}

/** Flushes a directory to the disk, with the names in it. Systems that know no such thing (Windows) are left alone. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close().catch(() => {});
}

/**
 * Finds out before a training whether `bytes` bytes can be written to `path` after it: the directory, the permission,
 * the room on the disk. Writes so much beside it and takes it away again. Throws a FileError if it cannot.
 */
export async function checkWritable(path: string, bytes: number): Promise<void> {
  await checkTarget(path);
  const temporary = temporaryName(path);
  try {
    await writeFlushed(temporary, new Uint8Array(bytes));
  } catch (error) {
    throw readable(error, path, WRITABLE);
  } finally {
    await unlink(temporary).catch(() => {});
    unfinished.delete(temporary);
  }
}

/** Throws a FileError if renaming a file to this path would fail, or take the place of something that is not a file. */
async function checkTarget(path: string): Promise<void> {
  checkPath("write", path);
  const fail = (got: string): never => {
    throw new FileError(path || '""', WRITABLE, got, "Name a file.");
  };
  if (path === "") fail("no name");
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() || path.endsWith("/") || path.endsWith(sep)) fail("a directory");
  // With permission to write to /dev, this would otherwise replace /dev/null.
  if (existing && !existing.isFile()) fail("a device");
}

function isDevice(found: Stats): boolean {
  return found.isCharacterDevice() || found.isBlockDevice() || found.isFIFO() || found.isSocket();
}

/** Temporary files that are being written: a process that ends takes them away. */
const unfinished = new Set<string>();
process.on("exit", () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

/** A name beside `path` that no file has. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString("hex")}.tmp`);
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  unfinished.add(path);
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the system's codes mean, as the end of a sentence: expected …, got no permission. */
const REASONS = new Map(
  Object.entries({
    ENOENT: "nothing there",
    EACCES: "no permission",
    EPERM: "no permission",
    EISDIR: "a directory",
    ENOTDIR: "a path through a file",
    ENOSPC: "a full disk",
    EDQUOT: "a full disk",
    EROFS: "a read-only disk",
    EIO: "a disk that fails",
    EFBIG: "a file that is too large for the disk",
    EMFILE: "too many open files",
    ENFILE: "too many open files",
    ELOOP: "links that go in a circle",
    ENAMETOOLONG: "a name that is too long",
    EBUSY: "a file in use",
    ERR_INVALID_ARG_VALUE: "a name with a character that no file can have",
  }),
);

/**
 * Why the system refused, as the end of a sentence of ours: "no permission" for EACCES. Of an error without a code that
 * is known its code, of one without any its message.
 */
export function reasonOf(error: unknown): string {
  const { code, syscall, path, message } = (error ?? {}) as NodeJS.ErrnoException;
  const isRelative = path !== undefined && !isAbsolute(path);
  if (syscall === "uv_cwd" || (code === "ENOENT" && isRelative && currentDirectoryIsGone())) {
    return "a current directory that was removed";
  }
  return REASONS.get(code ?? "") ?? code ?? message ?? String(error);
}

/** A directory that was removed while a program stands in it is still there, but no other names it. */
function currentDirectoryIsGone(): boolean {
  try {
    return statSync(".").nlink === 0;
  } catch {
    return true;
  }
}

/** How many bytes a file has. Throws a FileError for one that cannot be read. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw readable(error, path, READABLE);
  }
}

/** A system's error as one sentence of ours; others as they are. */
export function readable(error: unknown, path: string, expected: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof FileError || code === undefined) return error;
  const reason = reasonOf(error);
  const advice =
    reason === REASONS.get("ENOENT") && expected === WRITABLE ? `Make the directory ${dirname(path)} first.` : "";
  return new FileError(path || '""', expected, reason, advice);
}
