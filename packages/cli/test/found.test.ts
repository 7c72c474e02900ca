// Somebody's own digits on the command line: predict and explain take a picture.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Picture } from "inkling/pictures";
import { decodePicture, encodePng } from "inkling-formats/images";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blank, draw, photographed } from "../../inkling/test/painting.ts";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson, refusalOf } from "./running.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-found-"));
afterAll(() => rm(directory, { recursive: true }));
const run = (...args: string[]) => inklingInTurn(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const refusal = async (...args: string[]) => refusalOf(await run(...args));

/** Words of digits on paper, a line each. */
function photo(words: readonly string[]): Picture {
  const picture = blank(560, 60 + 150 * words.length);
  for (const [row, word] of words.entries()) {
    for (const [i, digit] of Array.from(word, Number).entries()) {
      const place = { left: 40 + 120 * i, top: 40 + 150 * row + 3 * i, height: 100 };
      draw(picture, digit, { ...place, pen: 9, slant: 0.1, shake: 0.005, seed: 5 * row + i });
    }
  }
  return photographed(picture, words.length, { grain: 5, fall: 0.6 });
}

const write = (name: string, bytes: Uint8Array) => writeFile(join(directory, name), bytes);

beforeAll(async () => {
  await write("2026.png", encodePng(photo(["2026"])));
  await write("lines.png", encodePng(photo(["107", "254"])));
  await write("one.png", encodePng(photo(["7"])));
  await write("empty.png", encodePng(photographed(blank(300, 200), 1)));
  await write("colour.png", encodePng({ width: 2, height: 2, channels: 3, pixels: new Uint8Array(12).fill(9) }));
  const { code, stderr } = await run("train", "--epochs", "1", "--threads", "1", "--out", "m.model", "--quiet");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("the digits of a photograph are drawn, and read in a line", async () => {
  const { code, stdout, stderr } = await run("predict", "m.model", "2026.png");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^2026\.png: 4 digits, dark on light, in 560 × 210 pixels$/m);
  expect(stdout).toMatch(/^2, with \d+\.\d\d % +0, with /m);
  expect(stdout).toMatch(/^at \d+, \d+ +at \d+, \d+ +at/m);
  expect(stdout).toContain("█");
  expect(stdout).toMatch(/^Read: 2 0 2 6$/m);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("lines are read from the top; --quiet prints the text alone", async () => {
  const { stdout } = await run("predict", "m.model", "lines.png", "--quiet");
  expect(stdout).toBe("Read: 1 0 7\n      2 5 4\n");
});

test("one digit has a bar for each class", async () => {
  const { stdout } = await run("predict", "m.model", "one.png");
  expect(stdout).toMatch(/^7, with \d+\.\d\d %, at \d+, \d+$/m);
  expect(stdout).toMatch(/ 7 █+ +\d+\.\d\d %$/m);
  expect(stdout).toMatch(/^Read: 7$/m);
});

test("--json has boxes, lines, strokes, pixels and probabilities, of all digits or of those of --index", async () => {
  const all = await runJson("predict", "m.model", "lines.png");
  expect(all).toMatchObject({ data: "lines.png", lines: ["1 0 7", "2 5 4"] });
  expect(all.picture).toEqual({ width: 560, height: 360, isLightOnDark: false, digits: 6, leftOut: 0 });
  const { predictions } = await runJson("predict", "m.model", "lines.png", "--index", "4");
  expect(predictions).toEqual([(all.predictions as unknown[])[4]]);
  expect((predictions as unknown[])[0]).toMatchObject({ index: 4, predicted: 5, line: 1, isWide: false, label: null });
});

test("--out writes a line for each digit, --cut a picture", async () => {
  expect((await run("predict", "m.model", "lines.png", "--out", "p.csv", "--cut", "cuts/here")).code).toBe(0);
  const lines = (await readFile(join(directory, "p.csv"), "utf8")).trim().split("\n");
  expect(lines.map((line) => line.split(",")[0])).toEqual(["class", "1", "0", "7", "2", "5", "4"]);
  expect((await run("predict", "m.model", "lines.png", "--cut", "cuts/there")).stdout).toMatch(
    /\nThe digits are in cuts\/there, each as a PNG file\.\n$/,
  );
  expect((await readdir(join(directory, "cuts/here"))).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `${n}.png`));
  const { predictions } = await runJson("predict", "m.model", "lines.png", "--index", "0");
  const cut = await decodePicture(await readFile(join(directory, "cuts/here/1.png")), "1.png");
  expect(Array.from(cut.pixels)).toEqual((predictions as { pixels: number[] }[])[0]?.pixels);
});

test("an empty page has no digits, and that is an answer; there is nothing of it to write or to explain", async () => {
  const { code, stdout } = await run("predict", "m.model", "empty.png");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "empty.png: no digit found in 300 × 200 pixels.\n" });
  expect(await runJson("predict", "m.model", "empty.png")).toMatchObject({ lines: [], predictions: [] });
  const sentence =
    "empty.png: expected a picture with a digit in it, got none that stands out of the paper. " +
    "Is the page empty? --raw takes the picture as it is.\n";
  expect(await refusal("predict", "m.model", "empty.png", "--out", "q.csv")).toBe(sentence);
  expect(await refusal("explain", "m.model", "empty.png")).toBe(sentence);
});

test("--raw takes the picture as it is", async () => {
  const { predictions } = await runJson("predict", "m.model", "empty.png", "--raw");
  expect(predictions).toHaveLength(1);
  const { stdout } = await run("predict", "m.model", "2026.png", "--raw");
  expect(stdout).not.toContain("Read:");
});

test("that the pictures of a folder were read as a whole is said", async () => {
  await mkdir(join(directory, "photos"));
  await write("photos/a.png", encodePng(photo(["12"])));
  const note = "Each picture was read as a whole.";
  expect((await run("predict", "m.model", "photos")).stdout).toContain(note);
  expect((await run("predict", "m.model", "photos", "--raw")).stdout).not.toContain(note);
  expect((await run("predict", "m.model", "2026.png")).stdout).not.toContain(note);
});

test("explain works out one digit of a picture", async () => {
  const { stdout } = await run("explain", "m.model", "lines.png", "--index", "3");
  expect(stdout).toMatch(/^Digit 3 of lines\.png$/m);
  expect(stdout).toContain("It is read as a 2");
  expect(await refusal("explain", "m.model", "lines.png", "--index", "6")).toContain("lines.png");
});

test("what is no picture, and what is no digit's model, is said in a sentence", async () => {
  expect(await refusal("predict", "m.model", "--cut", "d")).toBe(
    "--cut: expected a PNG or JPEG picture in which digits are looked for, got MNIST's images.\n",
  );
  expect(await refusal("predict", "m.model", "lines.png", "--index", "9")).toContain("images from 0 to 5 of lines.png");
  await write("cut.png", encodePng(photo(["12"])).subarray(0, 300));
  expect(await refusal("predict", "m.model", "cut.png")).toMatch(/^cut\.png: expected a PNG picture that is whole/);
});
