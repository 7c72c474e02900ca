/** Pictures that are no digits, for what a model has to call unfamiliar. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { augment, augmentedCopy, Dataset, familiarity, type Network, predictAll } from "inkling";
import { rocAuc } from "../src/losses/ranking.ts";
import { Stream } from "../src/numbers/random.ts";

const SIZE = 784;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Letters that a reader takes for digits when there is nothing beside them. */
const LOOK_ALIKE = "OoDQIliZzSsBbGgq";

/** Every picture the same letter has in another font, changed as training images are: as many as `copies` each. */
async function letters(isWanted: (letter: string) => boolean, copies = 4): Promise<Dataset> {
  const all = new Uint8Array(gunzipSync(readFileSync(new URL("golden/letters.gz", import.meta.url))));
  const wanted = Array.from({ length: all.length / SIZE }, (_, i) => i).filter((i) =>
    isWanted(ALPHABET[i % ALPHABET.length]),
  );
  const set = picturesOf("letters", all).pick(Array.from({ length: copies }, () => wanted).flat());
  const warp = augment({
    shift: 2,
    rotation: 12,
    scale: [0.85, 1.15],
    shear: 8,
    elastic: { alpha: 34, sigma: 4 },
  });
  return augmentedCopy(set, warp);
}

function picturesOf(name: string, inputs: Uint8Array): Dataset {
  return new Dataset({ name, shape: [28, 28, 1], inputs });
}

/** So many pictures, pixel by pixel. */
function drawn(name: string, count: number, pixel: (k: number, e: number, random: Stream) => number): Dataset {
  const random = new Stream(1, name);
  return picturesOf(
    name,
    Uint8Array.from({ length: count * SIZE }, (_, at) => pixel(Math.floor(at / SIZE), at % SIZE, random)),
  );
}

/** Lines from point to point, wide as a pen: three to nine strokes each. */
function scribbles(count: number): Dataset {
  const random = new Stream(1, "scribbles");
  const inputs = new Uint8Array(count * SIZE);
  for (let k = 0; k < count; k++) {
    const strokes = 3 + random.below(7, 0, k);
    const point = (n: number) => [4 + random.below(20, 2 * n + 1, k), 4 + random.below(20, 2 * n + 2, k)] as const;
    for (let n = 0; n < strokes; n++) {
      const [[ay, ax], [by, bx]] = [point(n), point(n + 1)];
      for (let e = 0; e < SIZE; e++) {
        const [y, x] = [Math.floor(e / 28), e % 28];
        const length = (by - ay) ** 2 + (bx - ax) ** 2;
        const along =
          length === 0 ? 0 : Math.max(0, Math.min(1, ((y - ay) * (by - ay) + (x - ax) * (bx - ax)) / length));
        const far = Math.sqrt((y - ay - along * (by - ay)) ** 2 + (x - ax - along * (bx - ax)) ** 2);
        const ink = 255 * Math.max(0, Math.min(1, 1.9 - far));
        inputs[k * SIZE + e] = Math.max(inputs[k * SIZE + e], ink);
      }
    }
  }
  return picturesOf("scribbles", inputs);
}

/** All kinds of them, by name. `digits`: some to be turned and inverted. */
export async function strangers(digits: Dataset): Promise<Record<string, Dataset>> {
  const of = (change: (picture: Uint8Array) => Uint8Array) =>
    Uint8Array.from(
      Array.from({ length: digits.count }, (_, i) => Array.from(change(digits.example(i) as Uint8Array))).flat(),
    );
  const levels = [0, 4, 8, 16, 32, 64, 96, 128, 160, 192, 224, 255];
  return {
    "uniform noise": drawn("uniform noise", 500, (k, e, random) => random.below(256, e, k)),
    "salt and pepper": drawn("salt and pepper", 500, (k, e, random) =>
      random.uniform(e, k) < 0.02 + (0.48 * k) / 500 ? 255 : 0,
    ),
    "even pages": drawn("even pages", levels.length, (k) => levels[k]),
    "dark pages with grain": drawn("dark grain", 500, (k, e, random) => random.below(4 + (k % 40), e, k)),
    "white pages with grain": drawn("white grain", 500, (k, e, random) => 255 - random.below(4 + (k % 40), e, k)),
    letters: await letters((letter) => !LOOK_ALIKE.includes(letter)),
    "letters like digits": await letters((letter) => LOOK_ALIKE.includes(letter)),
    "all letters": await letters(() => true),
    scribbles: scribbles(500),
    "digits, black on white": picturesOf(
      "inverted",
      of((picture) => picture.map((byte) => 255 - byte)),
    ),
    "digits upside down": picturesOf(
      "turned",
      of((picture) => picture.toReversed()),
    ),
  };
}

/** How unlike each picture is what the model has learned, and the share that is called unfamiliar. */
export async function leftOvers(model: Network, data: Dataset) {
  const { labels } = await predictAll(model, data);
  const all = Array.from({ length: data.count }, (_, i) => familiarity(model, data.example(i), labels?.[i] ?? 0));
  const unfamiliar = all.filter((found) => found?.isUnfamiliar).length / data.count;
  return { leftOver: all.map((found) => found?.leftOver ?? Number.NaN), unfamiliar };
}

/** The area under the ROC curve: how often a stranger is more unlike than a digit. */
export function auroc(digits: readonly number[], others: readonly number[]): number {
  return rocAuc(Float64Array.from([...digits, ...others]), (i) => i >= digits.length);
}
