// A file that grows, on a disk that is full for a while.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Appending } from "../src/following/appending.ts";
import { logInto } from "../src/following/log.ts";

/** Bytes that the disk still takes. */
let room = Number.POSITIVE_INFINITY;
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const writeSync = (file: number, bytes: Uint8Array, at: number) => {
    const length = Math.min(room, bytes.length - at);
    if (length === 0 && bytes.length > at) throw Object.assign(new Error(), { code: "ENOSPC", syscall: "write" });
    room -= length;
    return real.writeSync(file, bytes, at, length);
  };
  return { ...real, writeSync };
});

let directory = "";
const said: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "inkling-appending-"));
  room = Number.POSITIVE_INFINITY;
  said.length = 0;
  vi.spyOn(console, "error").mockImplementation((text) => said.push(text));
});
afterEach(() => rmSync(directory, { recursive: true }));
const bytes = (text: string) => new TextEncoder().encode(text);

test("a full disk is said once, leaves no half piece, and loses nothing if there is room again", () => {
  const path = join(directory, "grows");
  const file = Appending.open(path, "The work goes on.");
  file.append(bytes("one\n"));
  room = 2;
  file.append(bytes("two\n"));
  file.append(bytes("three\n"));
  expect(readFileSync(path, "utf8")).toBe("one\n");
  expect(said).toEqual([`${path}: expected a file that can be written, got a full disk. The work goes on.`]);
  room = 100;
  file.append(bytes("four\n"));
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\nthree\nfour\n");
  expect(file.close()).toBe(true);
  expect(said).toHaveLength(1);
});

test("what is not in the file at the end is known", () => {
  const file = Appending.open(join(directory, "grows"), "");
  room = 0;
  file.append(bytes("lost"));
  expect(file.close()).toBe(false);
});

test("what is more than can be kept is given up with all that comes after it, and that is known", () => {
  const path = join(directory, "grows");
  const file = Appending.open(path, "");
  file.append(bytes("one\n"));
  room = 0;
  file.append(new Uint8Array(2 ** 26 + 1));
  room = 100;
  file.append(bytes("three\n"));
  expect(readFileSync(path, "utf8")).toBe("one\n");
  expect(file.close()).toBe(false);
  expect(said).toHaveLength(1);
});

test("a link, a directory, a device, a place that is not there, and no name are refused", () => {
  const path = (name: string) => join(directory, name);
  mkdirSync(path("directory"));
  symlinkSync(path("elsewhere"), path("link"));
  const refused = (name: string, got: string) => {
    const where = name === "" ? '""' : name;
    expect(() => Appending.open(name, "")).toThrow(`${where}: expected a file that can be written, got ${got}.`);
  };
  refused(path("directory"), "a directory");
  refused(path("link"), "a link");
  refused(path("no/log"), "nothing there");
  refused("/dev/null", "a device");
  refused("", "no name");
});

test("a log goes on behind a log, also behind half a line, and behind nothing else", () => {
  const log = join(directory, "run.jsonl");
  writeFileSync(log, '{"event":"start"}\n{"event":"st');
  const follower = logInto(log);
  follower.take({ event: "end", time: "now", loss: Number.NaN, name: "\u2028" }, undefined as never);
  follower.close();
  const lines = ['{"event":"start"}', '{"event":"st', '{"event":"end","time":"now","loss":null,"name":"\\u2028"}', ""];
  expect(readFileSync(log, "utf8").split("\n")).toEqual(lines);
  const other = join(directory, "train.csv");
  writeFileSync(other, "a,b\n1,2\n");
  expect(() => logInto(other)).toThrow("expected a new file, or a log of Inkling to go on with, got another file.");
  expect(readFileSync(other, "utf8")).toBe("a,b\n1,2\n");
});
