import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../errors.ts";
import { collectIdx, datasetFromIdx, parseIdx } from "./idx.ts";

fc.configureGlobal({ seed: 1, numRuns: 500 });

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], values: Iterable<number>, magic = 0x0800 + shape.length): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, magic);
  for (const [d, length] of shape.entries()) header.setUint32(4 + 4 * d, length);
  return Uint8Array.of(...new Uint8Array(header.buffer), ...values);
}

/** The same bytes somewhere inside a Buffer's larger memory. */
function insideBuffer(bytes: Uint8Array, offset: number): Buffer {
  const pool = Buffer.alloc(bytes.length + offset + 7, 0xee);
  pool.set(bytes, offset);
  return pool.subarray(offset, offset + bytes.length);
}

/** A small array with one to four dimensions. */
const arrays = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return fc.record({ shape: fc.constant(shape), values: fc.uint8Array({ minLength: size, maxLength: size }) });
});

const twoImages = { name: "images", bytes: idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) };
const labels = (...values: number[]) => ({ name: "labels", bytes: idx([values.length], values) });

describe("parseIdx", () => {
  test("gives back the shape and the values that were written, wherever they lie in memory", () => {
    fc.assert(
      fc.property(arrays, fc.nat(9), ({ shape, values }, offset) => {
        const read = parseIdx(insideBuffer(idx(shape, values), offset), shape.length, "file");
        expect(read.shape).toEqual(shape);
        expect(Array.from(read.values)).toEqual(Array.from(values));
      }),
    );
  });

  test("copies nothing", () => {
    const bytes = idx([3], [1, 2, 3]);
    expect(parseIdx(bytes, 1, "file").values.buffer).toBe(bytes.buffer);
  });

  test("refuses a file that is cut off anywhere, or that goes on", () => {
    fc.assert(
      fc.property(arrays, fc.integer({ min: -200, max: 20 }), ({ shape, values }, change) => {
        fc.pre(change !== 0);
        const whole = idx(shape, values);
        const changed =
          change < 0
            ? whole.subarray(0, Math.max(0, whole.length + change))
            : Uint8Array.of(...whole, ...new Uint8Array(change));
        expect(() => parseIdx(changed, shape.length, "file")).toThrow(DataError);
      }),
    );
  });

  test("makes of any bytes a DataError or exactly what their header says", () => {
    const edits = fc.array(fc.tuple(fc.nat(24), fc.nat(255)), { maxLength: 3 });
    const mutated = fc.tuple(arrays, edits).map(([{ shape, values }, changes]) => {
      const bytes = idx(shape, values);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return { bytes, dimensions: shape.length };
    });
    const random = fc.record({ bytes: fc.uint8Array({ maxLength: 40 }), dimensions: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.oneof(mutated, random), ({ bytes, dimensions }) => {
        try {
          const { shape, values } = parseIdx(bytes, dimensions, "file");
          expect(Array.from(idx(shape, values))).toEqual(Array.from(bytes));
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
    );
  });

  test.each([
    ["no bytes", new Uint8Array(0), "an IDX header of 16 bytes"],
    ["signed bytes", idx([1, 1, 1], [0], 0x0903), "magic number 2051"],
    ["floating-point numbers", idx([1, 1, 1], [0], 0x0d03), "magic number 2051"],
    ["the file of labels", idx([12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]), "magic number 2051"],
    ["255 dimensions", idx([1, 1, 1], [0], 0x08ff), "magic number 2051"],
    ["a first byte that is not 0", idx([1, 1, 1], [0], 0x01000803), "magic number 2051"],
    ["no image", idx([0, 28, 28], []), "dimensions of at least 1"],
    ["2³² − 1 in each dimension", idx([0xffffffff, 0xffffffff, 0xffffffff], [0]), "7.9228162458924105e+28 bytes"],
    ["dimensions whose product is 2³²", idx([65536, 65536, 1], []), "4294967296 bytes"],
  ])("refuses %s", (_, bytes, expected) => {
    expect(() => parseIdx(bytes, 3, "file")).toThrow(`file: expected ${expected}`);
  });
});

describe("collectIdx", () => {
  /** Pieces that count how many were asked for, and whether somebody said that no more are needed. */
  function counted(pieces: Iterable<Uint8Array>) {
    const asked = { pieces: 0, stopped: false };
    async function* generate(): AsyncGenerator<Uint8Array> {
      try {
        for (const piece of pieces) {
          asked.pieces++;
          yield piece;
        }
      } finally {
        asked.stopped = true;
      }
    }
    return { asked, stream: generate() };
  }

  /** Far more than anybody should ask for. */
  function* plenty(first: Uint8Array): Generator<Uint8Array> {
    yield first;
    for (let i = 0; i < 100; i++) yield new Uint8Array(1 << 16);
  }

  test("joins pieces of any size to the file that they came from", async () => {
    await fc.assert(
      fc.asyncProperty(arrays, fc.array(fc.nat(30)), async ({ shape, values }, cuts) => {
        const whole = idx(shape, values);
        const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, i) => whole.subarray(places[i], end));
        const bytes = await collectIdx(counted(pieces).stream, shape.length, "file");
        expect(Array.from(bytes)).toEqual(Array.from(whole));
        expect(bytes.buffer.byteLength).toBe(whole.length);
      }),
    );
  });

  test("joins a file that is larger than its first room", async () => {
    const pieces: Uint8Array[] = Array.from({ length: 40 }, (_, i) => new Uint8Array(10_000).fill(i));
    pieces.unshift(idx([400_000], []));
    const bytes = await collectIdx(counted(pieces).stream, 1, "file");
    expect([bytes.length, bytes.buffer.byteLength, bytes[400_007]]).toEqual([400_008, 400_008, 39]);
  });

  test("asks for nothing more once the header is refused", async () => {
    const { asked, stream } = counted(plenty(new Uint8Array(16)));
    await expect(collectIdx(stream, 3, "file")).rejects.toThrow("file: expected magic number 2051");
    expect(asked).toEqual({ pieces: 1, stopped: true });
  });

  test("asks for nothing more once more has come than the header promises", async () => {
    const { asked, stream } = counted(plenty(idx([100_000], [])));
    await expect(collectIdx(stream, 1, "file")).rejects.toThrow(
      "file: expected 100000 bytes for 100000, got more (is it over-long?). Nothing was loaded.",
    );
    expect(asked).toEqual({ pieces: 3, stopped: true });
  });

  test("refuses a header that promises more than memory holds, before it makes room", async () => {
    const { asked, stream } = counted(plenty(idx([65536, 65536, 1], [])));
    await expect(collectIdx(stream, 3, "file")).rejects.toThrow(
      "file: expected at most 2147483648 bytes, got 4294967312",
    );
    expect(asked.pieces).toBe(1);
  });

  test("leaves a file that ends too early to parseIdx", async () => {
    for (const length of [0, 3, 8, 10]) {
      const cut = idx([3], [1, 2, 3]).subarray(0, length);
      expect(await collectIdx(counted([cut]).stream, 1, "file")).toEqual(cut);
    }
  });
});

describe("datasetFromIdx", () => {
  test("has as many classes as its largest label says, unless it is told", () => {
    expect(datasetFromIdx("two", twoImages, labels(1, 26)).classes).toBe(27);
    expect(datasetFromIdx("two", twoImages, labels(1, 255), { classes: 300 }).classes).toBe(300);
  });

  test("refuses a number in place of options", () => {
    expect(() => datasetFromIdx("two", twoImages, labels(0, 1), 10 as never)).toThrow(
      "datasetFromIdx: expected an object of options (classes), got 10.",
    );
  });

  test("makes a data set of images and labels", () => {
    const { shape, count, classes, labels: read } = datasetFromIdx("two", twoImages, labels(0, 9));
    expect({ shape, count, classes, read }).toEqual({
      shape: [2, 2, 1],
      count: 2,
      classes: 10,
      read: Uint8Array.of(0, 9),
    });
  });

  test("refuses another number of labels than images", () => {
    expect(() => datasetFromIdx("two", twoImages, labels(1, 2, 3))).toThrow(
      "labels: expected 2 labels, one for each image of images, got 3. Nothing was loaded.",
    );
  });

  test("refuses a label outside the classes and says which", () => {
    expect(() => datasetFromIdx("two", twoImages, labels(1, 10), { classes: 10 })).toThrow(
      "labels, label 1: expected a class from 0 to 9, got 10. Nothing was loaded.",
    );
  });
});

describe("arguments of the wrong kind are refused in a sentence", () => {
  const one = idx([1], [7]);
  test.each<[string, () => unknown, string]>([
    ["no bytes", () => parseIdx(undefined as never, 1, "file"), "file: expected bytes in a Uint8Array, got nothing."],
    ["an array", () => parseIdx([1] as never, 1, "file"), "file: expected bytes in a Uint8Array, got an array of 1."],
    ["a word for dimensions", () => parseIdx(one, "1" as never, "file"), "parseIdx: expected dimensions to be a whole"],
    ["no name", () => parseIdx(one, 1, undefined as never), "parseIdx: expected where to be a text, got nothing."],
    [
      "bytes without a name",
      () => datasetFromIdx("set", one as never, labels(1)),
      "datasetFromIdx: expected { bytes, name }, got a Uint8Array.",
    ],
  ])("%s", (_, call, sentence) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(sentence);
  });

  test("pieces that are none", async () => {
    await expect(collectIdx(5 as never, 1, "file")).rejects.toThrow(
      "collectIdx: expected pieces, an iterable of bytes, got 5.",
    );
    const words = (async function* () {
      yield "words" as never;
    })();
    await expect(collectIdx(words, 1, "file")).rejects.toThrow('file: expected bytes in a Uint8Array, got "words".');
  });
});
