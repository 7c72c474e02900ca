// Folders of pictures on the command line.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "inkling-formats/images";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson, refusalOf } from "./running.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-pictures-"));
afterAll(() => rm(directory, { recursive: true }));
const run = (...args: string[]) => inklingInTurn(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const refusal = async (...args: string[]) => refusalOf(await run(...args));

/** A picture with a bright upper or lower half, and some that are not as bright. */
function half(isUpper: boolean, i: number, width: number, height: number): Uint8Array {
  const at = (y: number) => (isUpper === y < height / 2 ? 150 + (i % 100) : i % 50);
  const pixels = Uint8Array.from({ length: width * height }, (_, p) => at(Math.floor(p / width)));
  return encodePng({ width, height, channels: 1, pixels });
}

beforeAll(async () => {
  for (const [kind, isUpper] of [
    ["above", true],
    ["below", false],
  ] as const) {
    await mkdir(join(directory, "halves", kind), { recursive: true });
    for (let i = 0; i < 40; i++) {
      await writeFile(join(directory, "halves", kind, `${i}.png`), half(isUpper, 7 * i, 8 + (i % 3), 10));
    }
  }
  await writeFile(join(directory, "one.png"), half(true, 3, 20, 31));
  await runJson("train", "halves", "--size", "8x6", "--epochs", "30", "--threads", "1", "--out", "halves.model");
});

test("pictures of several sizes are learnt in one, and a tenth is held out", async () => {
  const { code, stdout, stderr } = await run("train", "halves", "--size", "8x6", "--epochs", "10", "--out", "a.model");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const text = stdout.replace(/\s+/g, " ");
  expect(text).toContain("halves: 80 pictures of 8 × 10 to 10 × 10, in grey, stretched to 8 × 6.");
  expect(text).toContain("8 of the 80 pictures are held out for testing, drawn by the seed");
  expect(stdout).toContain("6 × 8 × 1 → flatten");
  expect(stdout).toMatch(/^Test accuracy (9\d|100)\.\d\d %$/m);
});

test("calibrate finds the pictures again that a training held out, and takes no others", async () => {
  const words = ["--size", "8x6", "--epochs", "3", "--threads", "1", "--validation", "20", "--out", "watched.model"];
  const { calibration } = await runJson("train", "halves", ...words);
  const again = await runJson("calibrate", "watched.model", "halves", "--out", "again.model");
  expect(again).toMatchObject({ examples: 20, temperature: (calibration as { temperature: number }).temperature });
});

test("what was learnt reads pictures of any size, by their paths", async () => {
  expect((await runJson("evaluate", "halves.model", "halves")).testAccuracy).toBeGreaterThan(0.95);
  expect(await runJson("predict", "halves.model", "halves", "--index", "1")).toMatchObject({
    predictions: [{ index: 1, file: "below/0.png", className: "below", labelName: "below" }],
  });
  await mkdir(join(directory, "wrong/below"), { recursive: true });
  await writeFile(join(directory, "wrong/below/flag.png"), half(true, 3, 9, 9));
  expect((await run("evaluate", "halves.model", "wrong")).stdout).toContain("#0 is below/flag.png");
  const { code } = await run("predict", "halves.model", "halves", "--out", "p.csv");
  expect(code).toBe(0);
  const lines = (await readFile(join(directory, "p.csv"), "utf8")).split("\n");
  expect(lines[0]).toBe("file,class,above,below");
  expect(lines[1]).toMatch(/^above\/0\.png,above,/);
});

test("other pictures to test on are of the classes that were learnt, also where some have none", async () => {
  for (const [folder, isUpper] of [
    ["0", true],
    ["1", true],
    ["2", false],
  ] as const) {
    for (const part of ["learn", "other"]) {
      if (part === "other" && folder === "1") continue;
      await mkdir(join(directory, part, folder), { recursive: true });
      for (let i = 0; i < 20; i++) {
        const dark = folder === "1" ? 120 : 0;
        const pixels = Uint8Array.from({ length: 64 }, (_, p) => (isUpper === p < 32 ? 255 - i : dark + i));
        await writeFile(
          join(directory, part, folder, `${i}.png`),
          encodePng({ width: 8, height: 8, channels: 1, pixels }),
        );
      }
    }
  }
  const { testAccuracy } = await runJson("train", "learn", "--test", "other", "--epochs", "20", "--out", "three.model");
  expect(testAccuracy).toBeGreaterThan(0.9);
  expect((await runJson("evaluate", "three.model", "other")).testAccuracy).toBeGreaterThan(0.9);
});

test("what cannot be learnt is refused with what to do", async () => {
  expect(await refusal("train", "halves")).toContain("Say in which size they are to be learnt: --size 28x28");
  expect(await refusal("train", "halves", "--size", "8")).toBe(
    '--size: expected width and height from 1 to 4096, as 28x28, got "8".\n',
  );
  expect(await refusal("train", "halves", "--size", "8x6", "--channels", "2")).toBe(
    '--channels: expected grey or colour, got "2".\n',
  );
  expect(await refusal("train", "one.png")).toContain("Name a folder with a subfolder for each class.");
  await mkdir(join(directory, "nothing/in"), { recursive: true });
  expect(await refusal("train", "nothing")).toContain("a folder of pictures, one subfolder a class");
  await writeFile(join(directory, "t.csv"), "x,y\n1,a\n2,b\n");
  expect(await refusal("train", "t.csv", "--label", "y", "--size", "8x8")).toBe(
    "--size: expected a folder of pictures, or a Parquet file with some, got t.csv, a table.\n",
  );
});
