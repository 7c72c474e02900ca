// The site's digits and the book's network: MNIST to the byte, as much as is asked for, and a sentence for each
// failure.
import { readFile } from "node:fs/promises";
import { type Dataset, dense, evaluate, flatten, network, sgd, train } from "inkling";
import { mnist } from "inkling/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bookModel, convolutionModel, LoadError, openDigits } from "../src/index.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";
import { makeSiteFiles } from "./site-files.ts";

const { train: trainDigits, test: testDigits } = await mnist();
const folder = await makeSiteFiles();

/** What a page asked for, in this order; how its server answers. */
let asked: string[];
let answer: (name: string, bytes: Uint8Array<ArrayBuffer>) => Response;
let sites = 0;
/** An address that nobody has opened before. */
let base: string;

beforeEach(() => {
  asked = [];
  answer = (_, bytes) => new Response(bytes);
  base = `https://digits.test/${sites++}/`;
  vi.stubGlobal("fetch", async (url: string, { signal }: { signal: AbortSignal }) => {
    const name = url.slice(base.length);
    asked.push(name);
    const bytes = new Uint8Array(await readFile(new URL(name, folder), { signal }));
    return answer(name, bytes);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Two steps of a small network over the whole set, as in the page below. */
const training = `async ({ dense, flatten, network, sgd, train }, digits) => {
  const model = network([28, 28, 1], [flatten(), dense(4, "sigmoid"), dense(10)], { seed: 2 });
  await train(model, digits, { epochs: 1, batchSize: 30_000, optimizer: sgd({ learningRate: 0.5 }) });
  return model.weightsSha256();
}`;
const trained: (library: object, digits: Dataset) => Promise<string> = new Function(`return ${training}`)();

describe("digits", () => {
  test("are MNIST's, to the byte", async () => {
    const digits = openDigits(base);
    for (const [set, original] of [
      ["test", testDigits],
      ["train", trainDigits],
    ] as const) {
      const found = await digits[set](original.count);
      expect([found.name, found.count, await found.sha256()]).toEqual([
        original.name,
        original.count,
        await original.sha256(),
      ]);
    }
  });

  test("are fetched as far as they are asked for, each file once, and kept", async () => {
    const digits = openDigits(base);
    const first = await Promise.all([digits.test(5), openDigits(base.slice(0, -1)).test(1000)]);
    expect(first.map(({ count }) => count)).toEqual([5, 1000]);
    expect(asked).toEqual(["digits/digits.json", "digits/test-0.gz"]);
    expect(await digits.test(5)).toBe(first[0]);
    const few = await digits.train(10_000);
    expect(await few.sha256()).toBe(await trainDigits.take(10_000).sha256());
    expect(few.inputs.buffer.byteLength).toBe(10_000 * 785);
    const more = await digits.train(25_000);
    expect(await more.sha256()).toBe(await trainDigits.take(25_000).sha256());
    expect(asked.slice(2)).toEqual(["digits/train-0.gz", "digits/train-1.gz", "digits/train-2.gz"]);
  });

  test("say how much is to come, and how much has come", async () => {
    const digits = openDigits(base);
    const size = await digits.missing("train", 20_000);
    expect(asked).toEqual(["digits/digits.json"]);
    expect(digits.progress).toEqual({ bytes: 0, of: 0 });
    const heard: number[] = [];
    const forget = digits.onProgress(() => heard.push(digits.progress.bytes));
    await digits.train(20_000);
    expect(digits.progress).toEqual({ bytes: size, of: size });
    expect(heard.at(-1)).toBe(size);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(await digits.missing("train", 30_000)).toBeLessThan(size);
    forget();
    const calls = heard.length;
    await digits.test(1);
    expect(heard).toHaveLength(calls);
  });

  test("are unpacked by the server where it does so", async () => {
    answer = (_, bytes) =>
      bytes[0] === 0x1f
        ? new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")))
        : new Response(bytes);
    expect(await (await openDigits(base).test(10_000)).sha256()).toBe(await testDigits.sha256());
  });

  test("that nobody waits for any more are not fetched; the others get theirs", async () => {
    let reason: unknown;
    const [first, second] = [new AbortController(), new AbortController()];
    const digits = openDigits(base);
    answer = (name, bytes) => {
      if (name.endsWith("test-0.gz") && reason === undefined) {
        reason = new Error("enough");
        first.abort(reason);
      }
      return new Response(bytes);
    };
    const left = digits.test(10, { signal: first.signal });
    const kept = digits.test(20, { signal: second.signal });
    await expect(left).rejects.toThrow("enough");
    expect((await kept).count).toBe(20);
    expect(asked).toEqual(["digits/digits.json", "digits/test-0.gz"]);
    await expect(digits.test(10_000, { signal: first.signal })).rejects.toThrow("enough");
    expect(asked).toHaveLength(2);
  });

  test.each<[string, (name: string, bytes: Uint8Array<ArrayBuffer>) => Response, string]>([
    [
      "no answer",
      () => {
        throw new TypeError("Failed to fetch");
      },
      "digits/digits.json: expected an answer, got none. Is there a connection? Then try again.",
    ],
    [
      "a missing file",
      (name, bytes) => (name.endsWith(".gz") ? new Response("", { status: 404 }) : new Response(bytes)),
      "digits/test-0.gz: expected a file, got status 404. Build the site again.",
    ],
    [
      "a page in place of the list",
      () => new Response("<!doctype html>"),
      "digits/digits.json: expected a list of files of digits, got something else. Build the site again.",
    ],
    [
      "a list with a gap",
      (_, bytes) => new Response(new TextDecoder().decode(bytes).replace('"from": 1000,', '"from": 1001,')),
      "digits/digits.json: expected a list of files of digits, got something else. Build the site again.",
    ],
    [
      "a truncated file",
      (name, bytes) => new Response(name.endsWith(".gz") ? bytes.subarray(0, -100) : bytes),
      "digits/test-0.gz: expected gzip data, got something else (is it truncated?). Build the site again.",
    ],
    [
      "a connection that breaks",
      (name, bytes) => {
        const broken = new ReadableStream({
          start: (controller) => controller.enqueue(bytes.subarray(0, 1000)),
          pull: (controller) => controller.error(new TypeError("network error")),
        });
        return new Response(name.endsWith(".gz") ? broken : bytes);
      },
      "digits/test-0.gz: expected a whole file, got a part of it. Try again.",
    ],
    [
      "a file of another size",
      (name, bytes) => new Response(name.endsWith(".gz") ? new Uint8Array(9) : bytes),
      "digits/test-0.gz: expected 785000 bytes, got 9. Build the site again.",
    ],
  ])("%s is one sentence, and the next time is another chance", async (_, failing, sentence) => {
    const whole = answer;
    answer = failing;
    const digits = openDigits(base);
    await expect(digits.test(7)).rejects.toThrow(new LoadError(sentence));
    answer = whole;
    expect((await digits.test(7)).count).toBe(7);
  });

  test("refuse a count that is none", async () => {
    await expect(openDigits(base).test(0)).rejects.toThrow(
      "digits, test: expected a whole number of digits from 1 up, got 0.",
    );
  });
});

describe("the book's network", () => {
  test("is the one that was trained, at its accuracy; everybody has an own one", async () => {
    const about = JSON.parse(await readFile(new URL("models/book.json", folder), "utf8"));
    const [model, another] = await Promise.all([bookModel(base), bookModel(base)]);
    expect(another).not.toBe(model);
    expect(asked).toEqual(["models/book.bin"]);
    expect(await model.weightsSha256()).toBe(about.roundedSha256);
    expect(await evaluate(model, testDigits)).toMatchObject({ accuracy: about.accuracy, loss: about.loss });
    expect(about.accuracy).toBeGreaterThan(0.95);
    expect(Math.abs(about.accuracy - about.accuracyBefore)).toBeLessThan(0.001);
  });

  test.each(["convolution", "convolution-shifted"] as const)("%s is there, too", async (name) => {
    const about = JSON.parse(await readFile(new URL(`models/${name}.json`, folder), "utf8"));
    const model = await convolutionModel(name, base);
    expect(asked).toEqual([`models/${name}.bin`]);
    expect(await model.weightsSha256()).toBe(about.roundedSha256);
    expect(about.accuracy).toBeGreaterThan(0.98);
  });

  test("that is cut off is refused", async () => {
    answer = (_, bytes) => new Response(bytes.subarray(2));
    await expect(bookModel(base)).rejects.toThrow(
      "models/book.bin: expected 47720 bytes, got 47718. Build the site again.",
    );
  });
});

describe.skipIf(!hasChromium)("in a page", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  test("a training on all 60,000 digits gives the weights that it gives in Node", async () => {
    const { page, errors } = await chromium.open("");
    const digest = await page.evaluate(`(async () => {
      const { inkling, openDigits } = figures;
      return (${training})(inkling, await openDigits().train(60_000));
    })()`);
    expect(digest).toBe(await trained({ dense, flatten, network, sgd, train }, trainDigits));
    expect(errors).toEqual([]);
  });

  test("the book's network is the one of the site", async () => {
    const { page } = await chromium.open("");
    const about = JSON.parse(await readFile(new URL("models/book.json", folder), "utf8"));
    const digest = await page.evaluate("figures.bookModel().then((model) => model.weightsSha256())");
    expect(digest).toBe(about.roundedSha256);
  });
});
