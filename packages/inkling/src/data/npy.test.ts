import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../errors.ts";
import { encodeNpy, type NpyValues, parseNpy } from "./npy.ts";

fc.configureGlobal({ seed: 1, numRuns: 1000 });

interface Golden {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly values: readonly string[];
  readonly base64: string;
}
/** What NumPy saved. */
const golden: Golden[] = JSON.parse(readFileSync(new URL("../../test/golden/npy.json", import.meta.url), "utf8"));
const bytesOf = ({ base64 }: Golden) => Uint8Array.from(Buffer.from(base64, "base64"));

/** An NPY file with this header, written by hand. */
function file(header: string, data: Uint8Array = new Uint8Array(), version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...text, ...data);
}

describe("an array that NumPy saved", () => {
  test.each(golden)("is read: $name", (found) => {
    const { shape, type, values } = parseNpy(bytesOf(found), "a.npy");
    expect([shape, type]).toEqual([found.shape, found.type]);
    const read = (text: string) => (text === "True" ? 1 : text === "False" ? 0 : Number(text));
    expect(Array.from(values as ArrayLike<number | bigint>, Number)).toEqual(found.values.map(read));
  });

  test.each(golden)("is refused where it is cut off: $name", (found) => {
    const bytes = bytesOf(found);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseNpy(bytes.subarray(0, length), "a.npy"), `${length} bytes`).toThrow(DataError);
    }
    expect(() => parseNpy(Uint8Array.of(...bytes, 0), "a.npy")).toThrow("(is it over-long?)");
  });

  test("is read wherever its bytes lie in memory", () => {
    const found = golden.find(({ name }) => name === "<f8") as Golden;
    const bytes = bytesOf(found);
    const wanted = parseNpy(bytes, "a.npy");
    for (let offset = 1; offset < 9; offset++) {
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      expect(parseNpy(moved.subarray(offset), "a.npy")).toEqual(wanted);
    }
  });
});

describe("an array of ours", () => {
  test("is written as NumPy writes it", () => {
    for (const name of ["<u1", "<i8", "<f4", "<f8", "a vector", "one number", "no numbers"]) {
      const bytes = bytesOf(golden.find((found) => found.name === name) as Golden);
      expect(encodeNpy(parseNpy(bytes, name))).toEqual(bytes);
    }
  });

  test("comes back as it was", () => {
    const kinds = [
      fc.uint8Array(),
      fc.int16Array(),
      fc.uint32Array(),
      fc.float32Array(),
      fc.float64Array(),
      fc.bigInt64Array(),
    ] as fc.Arbitrary<NpyValues>[];
    fc.assert(
      fc.property(fc.oneof(...kinds), (values) => {
        const shape = values.length % 2 === 0 ? [values.length / 2, 2] : [values.length];
        const back = parseNpy(encodeNpy({ shape, values }), "a.npy");
        expect([back.shape, back.values]).toEqual([shape, values]);
      }),
    );
  });

  test("is refused where it is none", () => {
    const values = Float32Array.of(1, 2);
    for (const bad of [{ shape: [3], values }, { shape: [-1, -2], values }, { shape: [2], values: [1, 2] }, null]) {
      expect(() => encodeNpy(bad as never)).toThrow(ArgumentError);
    }
  });
});

describe("a header is", () => {
  const one = Uint8Array.of(1);
  test.each([
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }     \n",
    "{'shape':(1,),'descr':'|u1','fortran_order':False}",
    '{"descr": "|u1", "fortran_order": False, "shape": (1L,)}\n',
    "{'descr': '|u1', 'fortran_order': True, 'shape': (1, 1), }",
  ])("read: %j", (header) => {
    for (const version of [1, 2, 3]) expect(parseNpy(file(header, one, version), "a.npy").values).toEqual(one);
  });

  test.each([
    " ",
    "{}",
    "{'descr': '|u1', 'fortran_order': False}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': [1]}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1.0,)}",
    "{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), '__proto__': 1}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} or exit()",
    "__import__('os').system('true')",
    "{'descr': __import__('os').name, 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '\\x7cu1', 'fortran_order': False, 'shape': (1,)}",
  ])("refused: %j", (header) => {
    expect(() => parseNpy(file(header, one), "a.npy")).toThrow(
      "a.npy: expected an NPY header (descr, fortran_order, shape), got ",
    );
  });

  test.each([
    ["O", "|O", "got Python objects (O), which may hold any code. Nothing was loaded. Save it with astype(float32)."],
    ["text", "<U5", 'expected numbers of a type among b1, u1, i1, u2, i2, u4, i4, u8, i8, f4, f8, got "U5".'],
    ["halves", "<f2", 'got "f2".'],
    ["dates", "<M8[s]", 'got "M8[s]".'],
    ["a prototype's key", "<__proto__", 'got "__proto__".'],
    ["no order of bytes", "f4", "expected the order of the bytes (< or >)"],
  ])("refused with its type: %s", (_, descr, sentence) => {
    const bytes = file(`{'descr': '${descr}', 'fortran_order': False, 'shape': (1,), }`, new Uint8Array(8));
    expect(() => parseNpy(bytes, "a.npy")).toThrow(sentence);
  });

  test("refused where it is a structure, too long, of too many dimensions, or of another version", () => {
    const header = (descr: string, shape: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': (${shape})}`;
    const refused = (bytes: Uint8Array, sentence: string) =>
      expect(() => parseNpy(bytes, "a.npy")).toThrow(`a.npy: expected ${sentence}`);
    refused(file(header("[('a', '<f4')]", "1,"), new Uint8Array(4)), "numbers of one type");
    refused(file(header("'|u1'", "1, ".repeat(33)), one), "at most 32 dimensions, got 33");
    refused(file(header("'|u1'", "99999999999999999999,")), "dimensions that fit in memory");
    refused(file(header("'<f8'", "4294967296, 4294967296")), "a shape that fits in memory");
    refused(
      file(header("'<f8'", "1000000000,")),
      "8000000000 bytes for 1000000000 of 8 bytes, got 0 (is it truncated?)",
    );
    refused(file("", one, 4), "NPY of version 1.0, 2.0 or 3.0, got 4.0");
    const long = file("", one, 2);
    long.set([0xff, 0xff, 0xff, 0xff], 8);
    refused(long, "a header of at most 65536 bytes, got 4294967295");
    refused(file(header("'|b1'", "1,"), Uint8Array.of(2)), "truth values, 0 or 1, got another byte");
  });
});

test("any bytes make an array or an error of ours", () => {
  const valid = golden.map(bytesOf);
  const changed = fc
    .tuple(fc.nat(valid.length - 1), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(400))
    .map(([which, changes, length]) => {
      const bytes = valid[which].slice(0, length);
      for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      try {
        const { shape, values } = parseNpy(bytes, "a.npy");
        expect(values.length).toBe(shape.reduce((product, length) => product * length, 1));
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
      }
    }),
  );
});
