/**
 * Ten letters in place of ten digits: images of 28 × 28 in four IDX files, on which no preset was tuned.
 *
 *     bench/letters/setup                       # once: the fonts and Pillow, in bench/letters alone
 *     node bench/letters/make.js [--seed 1] [--train 20000] [--test 4000] [--out DIRECTORY]
 *
 * The capitals A B C H L M S T W X. The others are left out because fonts and warps make them too much alike: D, G, O, Q
 * and U are round, and near C; I and J are a part of most; E, F, P and R are a stroke away from each other or from B;
 * V and Y are near W and X; N is near M and H, K near H and X, Z near S.
 *
 * A letter is drawn in black and white at high resolution (render.py), made an image as MNIST's were (normalize.js),
 * and warped by the library's `augmentedCopy`. Each font and each letter comes equally often. The fonts of the test
 * part are other families, of other packages, than those of the training part (fonts.json). Same seed, same files: the
 * SHA-256 of each is printed.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { augment, augmentedCopy, Dataset } from "inkling";
import { MersenneTwister } from "inkling/numbers";
import { commandLine, count, leave } from "../command-line.js";
import { normalized, PIXELS, WIDTH } from "./normalize.js";

const LETTERS = "ABCHLMSTWX";
/** Height and width of a drawn letter: SIZE in render.py. */
const DRAWN = 320;
/** Images of each letter in a row of the contact sheet. */
const SHEET = { train: 14, test: 8 };

const path = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

const HELP = `Ten letters, drawn from Debian's fonts and warped, as four IDX files.

    node bench/letters/make.js [options]

  --seed 1          what is drawn; the same seed gives the same files
  --train 20000     images to train on
  --test 4000       images to test on, from other fonts
  --out DIRECTORY   where the files go; bench/letters/letters if absent
  --sheet FILE      a picture of some of them, as PNG`;

const { values, positionals } = commandLine(HELP, {
  seed: "1",
  train: "20000",
  test: "4000",
  out: path("letters"),
  sheet: undefined,
});
if (positionals.length > 0) leave(`expected options only, got ${positionals[0]}. See --help.`);
const seed = count("seed", values.seed);
const python = path(".venv/bin/python");
if (!existsSync(python)) leave("expected Pillow in bench/letters/.venv, got none. Run bench/letters/setup.");

/** @typedef {{ package: string, files: Record<string, string> }} Fonts files with their SHA-256 */
/** @type {{ train: Fonts[], test: Fonts[] }} */
const fonts = JSON.parse(readFileSync(path("fonts.json"), "utf8"));
const out = values.out ?? "";
mkdirSync(out, { recursive: true });
const train = await drawn("train", count("train", values.train), 1);
const test = await drawn("test", count("test", values.test), 2);
for (const [name, data] of /** @type {const} */ ([
  ["train", train],
  ["t10k", test],
])) {
  write(`${name}-images-idx3-ubyte`, [data.count, WIDTH, WIDTH], /** @type {Uint8Array} */ (data.inputs));
  write(`${name}-labels-idx1-ubyte`, [data.count], Uint8Array.from(data.labels ?? []));
}
if (values.sheet !== undefined) writeSheet(values.sheet);

/**
 * One part: its fonts' letters, each equally often, in a drawn order, each warped in its own way.
 *
 * @param {"train" | "test"} part
 * @param {number} examples
 * @param {number} copy the warps' number, so that the two parts are not warped alike
 */
async function drawn(part, examples, copy) {
  const letters = lettersOf(part);
  const order = Uint32Array.from({ length: examples }, (_, i) => i % letters.length);
  new MersenneTwister(seed + 1000 * copy).shuffle(order);
  const inputs = new Uint8Array(examples * PIXELS);
  order.forEach((letter, i) => {
    inputs.set(letters[letter], i * PIXELS);
  });
  const labels = Uint8Array.from(order, (letter) => letter % LETTERS.length);
  const classNames = [...LETTERS];
  const plain = new Dataset({ name: part, shape: [WIDTH, WIDTH, 1], inputs, labels, classNames });
  const elastic = { alpha: 20, sigma: 5 };
  const warp = augment({ rotation: 15, scale: [0.85, 1.15], shear: 15, shift: 1, elastic });
  return augmentedCopy(plain, warp, { seed, copy });
}

/**
 * The images of all letters, font by font. Ends the process with a sentence for a font that is missing or another.
 *
 * @param {"train" | "test"} part
 */
function lettersOf(part) {
  const files = fonts[part].flatMap(({ files }) => Object.entries(files));
  const paths = files.map(([file, digest]) => {
    const font = path(`fonts/${file}`);
    if (!existsSync(font)) leave(`expected the font ${font}, got none. Run bench/letters/setup.`);
    const got = sha256(readFileSync(font));
    if (got !== digest) leave(`expected ${font} with SHA-256 ${digest}, got ${got}. It is another version.`);
    return font;
  });
  const masks = draw(["masks", LETTERS], paths.join("\n"));
  const length = DRAWN * DRAWN;
  return Array.from({ length: masks.length / length }, (_, i) => {
    return normalized(masks.subarray(i * length, (i + 1) * length), DRAWN);
  });
}

/**
 * What render.py prints.
 *
 * @param {string[]} args
 * @param {string | Uint8Array} input
 */
function draw(args, input) {
  const { status, stdout, stderr } = spawnSync(python, [path("render.py"), ...args], { input, maxBuffer: 2 ** 30 });
  if (status !== 0) leave(`render.py ended with ${status}: ${stderr.toString().trim().split("\n").at(-1)}`);
  return stdout;
}

/**
 * Writes an IDX file of bytes, and prints its digest.
 *
 * @param {string} name
 * @param {number[]} sizes
 * @param {Uint8Array} bytes
 */
function write(name, sizes, bytes) {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  // 0, 0, the type (8: bytes), how many sizes; then each size, the high byte first
  header.writeUInt16BE(0x0800 + sizes.length, 2);
  sizes.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  const file = Buffer.concat([header, bytes]);
  writeFileSync(join(out, name), file);
  console.log(`${sha256(file)}  ${name}`);
}

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * A row of images for each letter: the first of the training part, then, after a gap, of the test part.
 *
 * @param {string} file
 */
function writeSheet(file) {
  const GAP = 8;
  const width = (SHEET.train + SHEET.test) * WIDTH + GAP;
  const pixels = new Uint8Array(width * LETTERS.length * WIDTH).fill(128);
  for (const [data, wanted, left] of /** @type {const} */ ([
    [train, SHEET.train, 0],
    [test, SHEET.test, SHEET.train * WIDTH + GAP],
  ])) {
    const found = Array.from(LETTERS, () => 0);
    (data.labels ?? []).forEach((/** @type {number} */ letter, /** @type {number} */ i) => {
      const column = found[letter]++;
      if (column >= wanted) return;
      for (let row = 0; row < WIDTH; row++) {
        const image = data.inputs.slice(i * PIXELS + row * WIDTH, i * PIXELS + (row + 1) * WIDTH);
        pixels.set(image, (letter * WIDTH + row) * width + left + column * WIDTH);
      }
    });
  }
  draw(["sheet", file, `${width}`, `${LETTERS.length * WIDTH}`], pixels);
}
