import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileError } from "../../src/index.ts";
import { withoutRoot } from "../../test/without-root.ts";
import { checkWritable, readWhole, reasonOf, writeWhole } from "./files.ts";

// The real thing, in which a test can make a single call fail.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return { ...real, open: vi.fn(real.open), rename: vi.fn(real.rename) };
});

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-files-"));
});
afterEach(() => rm(directory, { recursive: true }));

const at = (...names: string[]) => join(directory, ...names);
const bytes = Uint8Array.of(1, 2, 3);
const fullDisk = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });

/** The next file that is opened takes no bytes. */
function fillTheDisk(): void {
  const real = vi.mocked(open).getMockImplementation();
  vi.mocked(open).mockImplementationOnce(async (...parameters) => {
    const file = await (real as typeof open)(...parameters);
    return Object.assign(file, { writeFile: () => Promise.reject(fullDisk) });
  });
}

describe("readWhole", () => {
  test.each([0, 3, 100_000])("gives the %i bytes of a file, in memory of their own", async (length) => {
    const written = new Uint8Array(length).map((_, i) => i % 251);
    await writeFile(at("file"), written);
    const read = await readWhole(at("file"));
    expect(Buffer.compare(read, written)).toBe(0);
    expect(read.buffer.byteLength).toBe(length);
  });

  test("reads a file of just so many bytes, and none of more", async () => {
    await writeFile(at("file"), bytes);
    expect(await readWhole(at("file"), 3)).toEqual(bytes);
    await expect(readWhole(at("file"), 2)).rejects.toThrow(
      `${at("file")}: expected a file of at most 2 bytes, got 3 bytes.`,
    );
  });

  test.each([
    ["a file that is not there", () => at("missing"), "nothing there"],
    ["a directory", () => directory, "a directory"],
    ["a path through a file", () => at("file", "below"), "a path through a file"],
    ["a device without end", () => "/dev/zero", "a device"],
    ["an empty name", () => "", "nothing there"],
  ])("refuses %s", async (_, path, got) => {
    await writeFile(at("file"), bytes);
    await expect(readWhole(path())).rejects.toThrow(FileError);
    await expect(readWhole(path())).rejects.toThrow(`${path() || '""'}: expected a file that can be read, got ${got}.`);
  });
});

describe("without permission", () => {
  beforeEach(async () => {
    await chmod(directory, 0o755);
    await writeFile(at("file"), bytes);
    await chmod(at("file"), 0);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ["reads no file", () => readWhole(at("file")), "a file that can be read"],
    ["writes no file", () => writeWhole(at("new"), bytes), "a place that can be written"],
    ["finds a place that cannot be written", () => checkWritable(at("new"), 10), "a place that can be written"],
  ])("%s, and says so", async (_, act, expected) => {
    if (process.getuid?.() !== 0) await chmod(directory, 0o555);
    await expect(withoutRoot(act)).rejects.toThrow(`expected ${expected}, got no permission.`);
  });
});

describe("reasonOf", () => {
  const error = (fields: object) => Object.assign(new Error("broken"), fields);

  test.each([
    [error({ code: "EACCES" }), "no permission"],
    [error({ code: "ENOENT" }), "nothing there"],
    [error({ code: "ENOENT", syscall: "uv_cwd" }), "a current directory that was removed"],
    [error({ code: "EMFILE" }), "too many open files"],
    [error({ code: "ESTRANGE" }), "ESTRANGE"],
    [error({ code: "toString" }), "toString"],
    [error({}), "broken"],
    ["broken", "broken"],
    [undefined, "undefined"],
  ])("of %o is %s", (refusal, reason) => {
    expect(reasonOf(refusal)).toBe(reason);
  });

  test("is there for what the system really says", async () => {
    for (const [path, reason] of [
      ["a\0b", "a name with a character that no file can have"],
      ["a".repeat(300), "a name that is too long"],
    ]) {
      await expect(readWhole(at(path))).rejects.toThrow(`expected a file that can be read, got ${reason}.`);
    }
    await symlink("circle", at("circle"));
    await expect(readWhole(at("circle"))).rejects.toThrow("got links that go in a circle.");
  });
});

describe("writeWhole", () => {
  test("writes a file and leaves nothing beside it", async () => {
    await writeWhole(at("file"), bytes);
    expect(await readdir(directory)).toEqual(["file"]);
    expect(new Uint8Array(await readFile(at("file")))).toEqual(bytes);
  });

  test("takes the place of an older file", async () => {
    await writeFile(at("file"), "older and longer");
    await writeWhole(at("file"), bytes);
    expect(new Uint8Array(await readFile(at("file")))).toEqual(bytes);
  });

  test.each([
    ["the disk is full", fillTheDisk],
    ["renaming fails", () => vi.mocked(rename).mockRejectedValueOnce(fullDisk)],
  ])("keeps the older file and leaves nothing beside it when %s", async (_, breakIt) => {
    await writeFile(at("file"), "older");
    breakIt();
    await expect(writeWhole(at("file"), bytes)).rejects.toThrow(
      "expected a place that can be written, got a full disk.",
    );
    expect(await readdir(directory)).toEqual(["file"]);
    expect(await readFile(at("file"), "utf8")).toBe("older");
  });
});

describe("checkWritable", () => {
  test("finds a good place good, and leaves it as it was", async () => {
    await writeFile(at("older"), "older");
    await checkWritable(at("new"), 1000);
    await checkWritable(at("older"), 1000);
    expect(await readdir(directory)).toEqual(["older"]);
    expect(await readFile(at("older"), "utf8")).toBe("older");
  });

  test("finds out that the disk is too full, and takes away what it has tried", async () => {
    fillTheDisk();
    await expect(checkWritable(at("new"), 1000)).rejects.toThrow("got a full disk.");
    expect(await readdir(directory)).toEqual([]);
  });
});

describe.each([
  ["checkWritable", (path: string) => checkWritable(path, 10)],
  ["writeWhole", (path: string) => writeWhole(path, bytes)],
])("%s", (_, write) => {
  beforeEach(async () => {
    await writeFile(at("file"), "a file");
    await mkdir(at("folder"));
    // A link, so that no real device is lost if it is not refused.
    await symlink("/dev/null", at("device"));
  });

  test.each([
    ["a directory", () => at("folder"), "a directory. Name a file."],
    ["a name with a slash at its end", () => at("nothing/"), "a directory. Name a file."],
    ["no name", () => "", "no name. Name a file."],
    ["a device", () => at("device"), "a device. Name a file."],
    ["a path through a file", () => at("file", "new"), "a path through a file."],
    ["a missing directory", () => at("missing", "new"), "nothing there. Make the directory"],
    ["a place in /proc", () => "/proc/model", ""],
  ])("refuses %s and writes nothing", async (_, path, got) => {
    await expect(write(path())).rejects.toThrow(FileError);
    await expect(write(path())).rejects.toThrow(`${path() || '""'}: expected a place that can be written, got ${got}`);
    expect((await readdir(directory)).sort()).toEqual(["device", "file", "folder"]);
    expect(await readdir(at("folder"))).toEqual([]);
    expect(await readFile(at("file"), "utf8")).toBe("a file");
  });
});
