/** Files read whole and written whole: never half a file, and never a size that was not asked about first. */
import { randomBytes } from "node:crypto";
import type { Stats } from "node:fs";
import { rmSync } from "node:fs";
import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { FileError } from "../../src/index.ts";

/** The largest file that is read into memory. */
const MAX_FILE = 2 ** 31;
const WRITABLE = "a place that can be written";

/** Reads a file. Throws a FileError if there is none, it is not one, or it has more than `limit` bytes. */
export async function readWhole(path: string, limit = MAX_FILE): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const found = await stat(path);
    // A device has no size to ask for, and /dev/zero has no end.
    if (isDevice(found)) throw new FileError(path, "a file that can be read", "a device");
    const { size } = found;
    if (size > limit) throw new FileError(path, `a file of at most ${limit} bytes`, `${size} bytes`);
    const bytes = await readFile(path);
    // Small files come as a view of a shared pool: copied, so that the buffer is the file's own.
    return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
      ? new Uint8Array(bytes.buffer)
      : new Uint8Array(bytes);
  } catch (error) {
    throw readable(error, path, "a file that can be read");
  }
}

/**
 * Writes a file as one act: a temporary file beside it, flushed to the disk, then renamed. Whoever reads sees the old
 * file or the new one. Throws a FileError, and leaves nothing behind, if it cannot be written.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await checkTarget(path);
  const temporary = temporaryName(path);
  try {
    await writeFlushed(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw readable(error, path, WRITABLE);
  } finally {
    unfinished.delete(temporary);
  }
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
  const fail = (got: string): never => {
    throw new FileError(path || '""', WRITABLE, got, "Name a file.");
  };
  if (path === "") fail("no name");
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() || path.endsWith("/") || path.endsWith(sep)) fail("a directory");
  // Whoever may write to /dev would otherwise replace /dev/null.
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

/** A name beside `path` that nobody has. */
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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "nothing there",
  EACCES: "no permission",
  EPERM: "no permission",
  EISDIR: "a directory",
  ENOTDIR: "a path through a file",
  ENOSPC: "a full disk",
  EDQUOT: "a full disk",
  EROFS: "a read-only disk",
};

/** A system's error as one sentence of ours; others as they are. */
function readable(error: unknown, path: string, expected: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof FileError || code === undefined) return error;
  const reason = REASONS[code] ?? code;
  const advice = code === "ENOENT" && expected === WRITABLE ? `Make the directory ${dirname(path)} first.` : "";
  return new FileError(path || '""', expected, reason, advice);
}
