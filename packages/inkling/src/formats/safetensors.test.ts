import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, ModelFileError } from "../errors.ts";
import { decodeTensors, encodeTensors, type Tensor, type Tensors } from "./safetensors.ts";

fc.configureGlobal({ seed: 1, numRuns: 300 });

/** A file with this text (or these bytes) for a header, and so many bytes of numbers. */
function file(header: string | Uint8Array, dataLength = 0, declared?: bigint): Uint8Array {
  const text = typeof header === "string" ? Buffer.from(header) : header;
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared ?? BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataLength)]);
}

/** The same bytes somewhere inside a Buffer's larger memory. */
function insideBuffer(bytes: Uint8Array, offset: number): Buffer {
  const pool = Buffer.alloc(bytes.length + offset + 7, 0xee);
  pool.set(bytes, offset);
  return pool.subarray(offset, offset + bytes.length);
}

/** Tensors in the order of their names, with their numbers as bytes, so that NaNs compare by their bits. */
function inBits({ metadata, tensors }: Tensors) {
  const bits = tensors.map(({ name, shape, values }) => ({
    name,
    shape,
    kind: values.constructor.name,
    bytes: Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  }));
  return { metadata: Object.entries(metadata), tensors: bits.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Numbers of any bits: NaNs with payloads, infinities, subnormals. */
const numbers = fc.oneof(
  fc.uint8Array({ maxLength: 10 }).map((bytes) => new Float32Array(bytes.slice(0, bytes.length & ~3).buffer)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => new Float64Array(bytes.slice(0, bytes.length & ~7).buffer)),
);
const awkward = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "0",
  "",
  'a"b',
  "a:b",
  "\\",
  "é\n",
  "layers.0.bias",
);
const text = fc.oneof(awkward, fc.string({ unit: "binary", maxLength: 8 }));
const tensors: fc.Arbitrary<Tensor[]> = fc
  .uniqueArray(fc.tuple(text, numbers), { selector: ([name]) => name, maxLength: 5 })
  .map((pairs) => pairs.map(([name, values]) => ({ name, shape: [1, values.length], values })));
const files: fc.Arbitrary<Tensors> = fc.record({ metadata: fc.dictionary(text, text, { maxKeys: 3 }), tensors });

describe("encodeTensors and decodeTensors", () => {
  test("give back the same names, shapes and bits, wherever the bytes lie in memory", () => {
    fc.assert(
      fc.property(files, fc.nat(9), (written, offset) => {
        expect(inBits(decodeTensors(insideBuffer(encodeTensors(written), offset), "file"))).toEqual(inBits(written));
      }),
    );
  });

  test("give numbers that do not hang on the file's memory", () => {
    const bytes = encodeTensors({ metadata: {}, tensors: [{ name: "a", shape: [1], values: Float32Array.of(5) }] });
    const { tensors: read } = decodeTensors(Buffer.from(bytes.buffer), "file");
    bytes.fill(0);
    expect(read[0].values[0]).toBe(5);
  });

  test("begin the numbers at a multiple of 8, as the format asks", () => {
    fc.assert(
      fc.property(files, (written) => {
        const bytes = encodeTensors(written);
        expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
        expect(String.fromCharCode(bytes[8])).toBe("{");
      }),
    );
  });
});

describe("encodeTensors", () => {
  const one = (name: string, shape = [1]) => ({ name, shape, values: new Float32Array(1) });

  test.each([
    ["a name twice", [one("a"), one("a")], "every name once, got a twice"],
    ["the name of the metadata", [one("__metadata__")], "every name once, got __metadata__ twice"],
    ["a shape that its numbers do not fill", [one("a", [2, 2])], "4 numbers for [2, 2] in a, got 1"],
    [
      "a header that could not be read again",
      [one("a".repeat(2 ** 20))],
      "names and metadata of at most 1048576 bytes",
    ],
  ])("refuses %s", (_, refused, expected) => {
    const encode = () => encodeTensors({ metadata: {}, tensors: refused });
    expect(encode).toThrow(ArgumentError);
    expect(encode).toThrow(`encodeTensors: expected ${expected}`);
  });
});

describe("decodeTensors", () => {
  /** Decodes; undefined for a ModelFileError. What it takes for a file must say all of the file's bytes. */
  function decodedOrRefused(bytes: Uint8Array): Tensors | undefined {
    try {
      const decoded = decodeTensors(bytes, "file");
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const sizes = decoded.tensors.map(({ shape, values }) => {
        expect(values.length).toBe(shape.reduce((product, length) => product * length, 1));
        return values.byteLength;
      });
      expect(sizes.reduce((sum, size) => sum + size, 8)).toBe(bytes.length - Number(view.getBigUint64(0, true)));
      return decoded;
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      expect(error.message.length).toBeLessThan(400);
      expect(error.message).not.toMatch(/\p{Cc}/u);
      return undefined;
    }
  }

  test("refuses a file that is cut off anywhere, or that goes on", () => {
    fc.assert(
      fc.property(files, fc.integer({ min: -400, max: 20 }), (written, change) => {
        fc.pre(change !== 0);
        const whole = encodeTensors(written);
        const changed = new Uint8Array(Math.max(0, whole.length + change));
        changed.set(whole.subarray(0, changed.length));
        expect(decodedOrRefused(changed)).toBeUndefined();
      }),
    );
  });

  test("makes of any bytes a ModelFileError or tensors that are all of them", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    const mutated = fc.tuple(files, edits).map(([written, changes]) => {
      const bytes = encodeTensors(written);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
    const random = fc.uint8Array({ maxLength: 40 });
    const anyJson = fc.tuple(fc.json(), fc.nat(16)).map(([json, dataLength]) => file(json, dataLength));
    fc.assert(
      fc.property(fc.oneof(mutated, random, anyJson), (bytes) => void decodedOrRefused(bytes)),
      { numRuns: 2000 },
    );
  });

  test("makes of an entry with any values a ModelFileError or a tensor", () => {
    const size = fc.oneof(
      fc.nat(4),
      fc.constantFrom(-1, 0.5, 1e300, 2 ** 53, 2 ** 53 - 1, 2 ** 31, 2 ** 32, "1", null, [1], {}),
    );
    const entry = fc.record({
      dtype: fc.constantFrom("F32", "F64", "F16", "f32", ["F32"], null, "__proto__"),
      shape: fc.oneof(fc.array(size, { maxLength: 4 }), size),
      data_offsets: fc.oneof(fc.constant([0, 4]), fc.constant([0, 8]), fc.array(size, { maxLength: 3 }), size),
    });
    fc.assert(
      fc.property(fc.dictionary(text, entry, { maxKeys: 3 }), fc.constantFrom(0, 4, 8, 16), (entries, dataLength) => {
        decodedOrRefused(file(JSON.stringify(entries), dataLength));
      }),
      { numRuns: 1000 },
    );
  });

  const tensor = (shape: string, begin: number, end: number) =>
    `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;

  test.each([
    ["no bytes", new Uint8Array(0), "a safetensors file of at least 8 bytes, got 0 bytes"],
    ["a header of 2⁶⁴ − 1 bytes", file("{}", 0, 2n ** 64n - 1n), "a header of at most 1048576 bytes"],
    ["a header of 2⁵³ + 1 bytes", file("{}", 0, 2n ** 53n + 1n), "a header of at most 1048576 bytes"],
    ["a picture", Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10), "got another kind of file (its first 8 bytes say 7"],
    ["a header that is longer than the file", file("{}", 0, 3n), "a header of 3 bytes, got 2 bytes"],
    ["a header of no bytes", file(""), "a safetensors file (8 bytes, then a JSON header)"],
    ["a header that begins with a space", file(" {}"), "a safetensors file"],
    ["a header with a byte-order mark", file("\uFEFF{}"), "a safetensors file"],
    ["a header that is a list", file("[]"), "a safetensors file"],
    ["a header that is not UTF-8", file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), "a safetensors file"],
    ["a header with something after it", file("{}{}"), "a safetensors file"],
    ["a name twice", file(`{"a":${tensor("[1]", 0, 4)},"a":${tensor("[1]", 0, 4)}}`, 4), "every name once"],
    [
      "a name twice, once escaped",
      file(`{"a":${tensor("[1]", 0, 4)},"\\u0061":${tensor("[1]", 0, 4)}}`, 4),
      "every name once",
    ],
    [
      "a dtype twice",
      file('{"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      "every name once",
    ],
    ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), "every name once"],
    ["a key of the metadata twice", file('{"__metadata__":{"a:":"1","a:":"2"}}'), "every name once"],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}'), '__metadata__ from text to text, got {"a":1}'],
    ["metadata that is a list", file('{"__metadata__":["a"]}'), "__metadata__ from text to text"],
    ["a tensor that is null", file('{"a":null}'), "dtype, shape and data_offsets, got null"],
    ["__proto__ as a tensor that is none", file('{"__proto__":{"shape":[]}}'), "dtype F32 or F64, got nothing"],
    [
      "bytes of another kind",
      file('{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2),
      'dtype F32 or F64, got "BF16". `inkling import` reads what other programs wrote. Nothing was loaded.',
    ],
    ["a negative size", file(`{"a":${tensor("[-1]", 0, 4)}}`, 4), "a shape of whole numbers, got [-1]"],
    ["a fraction of a size", file(`{"a":${tensor("[0.5]", 0, 2)}}`, 2), "a shape of whole numbers, got [0.5]"],
    ["a size beyond 2⁵³", file(`{"a":${tensor("[9007199254740993]", 0, 4)}}`, 4), "a shape of whole numbers"],
    [
      "a giant shape",
      file(`{"a":${tensor("[9007199254740991,9007199254740991]", 0, 4)}}`, 4),
      "bytes for [9007199254740991, ",
    ],
    [
      "a shape of many giant sizes and a 0",
      file(`{"a":${tensor(`[${"9007199254740991,".repeat(25)}0]`, 0, 4)}}`, 4),
      "NaN bytes",
    ],
    ["a tensor that ends before it begins", file(`{"a":${tensor("[1]", 4, 0)}}`, 4), "4 bytes for [1] of F32, got -4"],
    [
      "tensors one upon the other",
      file(`{"a":${tensor("[2]", 0, 8)},"b":${tensor("[1]", 4, 8)}}`, 8),
      "tensor b to begin at byte 8",
    ],
    [
      "a hole between tensors",
      file(`{"a":${tensor("[1]", 0, 4)},"b":${tensor("[1]", 8, 12)}}`, 12),
      "tensor b to begin at byte 4",
    ],
    ["a hole before the first", file(`{"a":${tensor("[1]", 4, 8)}}`, 8), "tensor a to begin at byte 0"],
    [
      "bytes that no tensor has",
      file(`{"a":${tensor("[1]", 0, 4)}}`, 8),
      "4 bytes of numbers, as its header says, got 8",
    ],
    [
      "tensors that go on after the end",
      file(`{"a":${tensor("[2]", 0, 8)}}`, 4),
      "8 bytes of numbers, as its header says, got 4",
    ],
  ])("refuses %s", (_, bytes, expected) => {
    expect(() => decodeTensors(bytes, "file")).toThrow(ModelFileError);
    expect(() => decodeTensors(bytes, "file")).toThrow(expected);
  });

  test("takes tensors without numbers, wherever they stand", () => {
    const empty = tensor("[0,3]", 4, 4);
    const { tensors: read } = decodeTensors(
      file(`{"a":${tensor("[0]", 0, 0)},"b":${tensor("[]", 0, 4)},"c":${empty}}`, 4),
      "file",
    );
    expect(read.map(({ values }) => values.length)).toEqual([0, 1, 0]);
  });

  test("takes a colon in a name for a part of the name", () => {
    const { tensors: read } = decodeTensors(file(`{"a\\":\\\\":${tensor("[1]", 0, 4)}}`, 4), "file");
    expect(read[0].name).toBe('a":\\');
  });

  test.each([9, 3000, 100_000])("refuses lists nested %i deep for their depth, however often it is asked", (depth) => {
    const nested = file(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    for (let i = 0; i < 20; i++) expect(() => decodeTensors(nested, "file")).toThrow("something else");
  });

  test("keeps its sentence short and on one line, whatever the names hold", () => {
    const names = ["x".repeat(1e5), "a\nb", "\u001b[31mred", "\u0085"];
    for (const name of names) {
      decodedOrRefused(file(`{${JSON.stringify(name)}:${tensor("[1]", 4, 8)}}`, 8));
      decodedOrRefused(file(`{${JSON.stringify(name)}:${tensor(`[${"1,".repeat(1000)}1]`, 0, 8)}}`, 8));
    }
  });
});

test.each<[unknown, string]>([
  [undefined, "{ metadata, tensors }, got nothing."],
  [[], "{ metadata, tensors }, got an array of 0."],
  [{ tensors: [] }, "metadata from text to text, got nothing."],
  [{ metadata: { epochs: 3 }, tensors: [] }, "metadata from text to text, got an object."],
  [{ metadata: {}, tensors: {} }, "tensors to be an array, got an object."],
  [{ metadata: {}, tensors: [1] }, "tensors of { name, shape, values }, got 1."],
  [
    { metadata: {}, tensors: [{ name: "W", values: new Float32Array(2) }] },
    "a shape of whole numbers in W, got nothing.",
  ],
  [
    { metadata: {}, tensors: [{ name: "W", shape: [-1, -2], values: new Float32Array(2) }] },
    "a shape of whole numbers in W, got an array of 2.",
  ],
  [
    { metadata: {}, tensors: [{ name: "W", shape: [2], values: [1, 2] }] },
    "a Float32Array or Float64Array in W, got an array of 2.",
  ],
])("encodeTensors refuses what is of another kind: %j", (file, sentence) => {
  const encode = () => encodeTensors(file as never);
  expect(encode).toThrow(ArgumentError);
  expect(encode).toThrow(`encodeTensors: expected ${sentence}`);
});
