/** Pictures from strangers: bombs, wrong headers, damaged files. A picture, or a sentence; never anything else. */
import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import { DataError } from "inkling";
import { decodePicture, encodePng } from "inkling-formats/images";
import { expect, test } from "vitest";

const golden = JSON.parse(readFileSync(new URL("golden/pictures.json", import.meta.url), "utf8")) as {
  cases: { name: string; file: string; width: number; height: number }[];
};
const files = golden.cases.map(({ file }) => new Uint8Array(Buffer.from(file, "base64")));
const named = (name: string) => files[golden.cases.findIndex((found) => found.name === name)];

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(checksum(body));
  return Buffer.concat([length, body, sum]);
}

/** CRC-32; Node's own is not in Node 20.12. */
function checksum(bytes: Uint8Array): number {
  if (crc32 !== undefined) return crc32(bytes);
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let i = 0; i < 8; i++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** A grey PNG file of 8 bits that says it has this size, with any packed pixels. */
function png(width: number, height: number, packed: Uint8Array, ...more: Buffer[]): Uint8Array {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([start, chunk("IHDR", header), ...more, chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

test("a header of 30,000 × 30,000 pixels is refused before memory is taken", async () => {
  const before = process.memoryUsage().arrayBuffers;
  await expect(decodePicture(png(30_000, 30_000, deflateSync(Buffer.alloc(10))), "huge.png")).rejects.toThrow(
    "huge.png: expected a picture of 1 to 67108864 pixels, got 30000 × 30000. Make the picture smaller.",
  );
  const frame = Uint8Array.from(named("jpeg grey"));
  const at = frame.findIndex((byte, i) => byte === 0xff && frame[i + 1] === 0xc0);
  frame.set([0x75, 0x30, 0x75, 0x30], at + 5);
  await expect(decodePicture(frame, "huge.jpg")).rejects.toThrow(
    "huge.jpg: expected a picture of 1 to 67108864 pixels",
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e7);
});

test("a smaller limit is the caller's", async () => {
  await expect(decodePicture(named("jpeg grey"), "a.jpg", { pixels: 700 })).rejects.toThrow(
    "1 to 700 pixels, got 37 × 21",
  );
});

test("a picture without pixels is refused", async () => {
  await expect(decodePicture(png(0, 4, deflateSync(Buffer.alloc(4))), "a.png")).rejects.toThrow("got 0 × 4");
});

test("few packed bytes do not make a large picture", async () => {
  await expect(decodePicture(png(8000, 8000, deflateSync(Buffer.alloc(10))), "a.png")).rejects.toThrow(
    /a\.png: expected a PNG picture that is whole, got \d+ bytes packed for 64008000\./,
  );
});

test("a small picture whose pixels unpack to 200 MB is stopped", async () => {
  const bomb = deflateSync(Buffer.alloc(200_000_000), { level: 9 });
  await expect(decodePicture(png(4, 4, bomb), "bomb.png")).rejects.toThrow(
    "bomb.png: expected a PNG picture that is whole, got more bytes than the 20 of its pixels.",
  );
});

test("texts and colour profiles that unpack to anything are never unpacked", async () => {
  const bomb = deflateSync(Buffer.alloc(100_000_000), { level: 9 });
  const profile = chunk("iCCP", Buffer.concat([Buffer.from("a\0\0"), bomb]));
  const before = performance.now();
  const { pixels } = await decodePicture(png(1, 1, deflateSync(Buffer.from([0, 77])), profile), "a.png");
  expect([...pixels]).toEqual([77]);
  expect(performance.now() - before).toBeLessThan(2000);
});

test("a checksum that is wrong is found, and so is a chunk that only some programs know", async () => {
  const good = png(1, 1, deflateSync(Buffer.from([0, 77])));
  const wrong = good.slice();
  wrong[good.length - 14] ^= 1;
  await expect(decodePicture(wrong, "a.png")).rejects.toThrow(/that is whole, got CRC mismatch for chunk IDAT/);
  const apple = png(1, 1, deflateSync(Buffer.from([0, 77])), chunk("CgBI", Buffer.alloc(4)));
  await expect(decodePicture(apple, "a.png")).rejects.toThrow('got a chunk "CgBI", which only some programs know.');
});

test("a picture cut off anywhere is refused", async () => {
  for (const name of ["png 6 8", "jpeg colour", "jpeg progressive"]) {
    const file = named(name);
    for (let length = 0; length < file.length; length += 3) {
      await expect(decodePicture(file.subarray(0, length), "cut")).rejects.toThrow(DataError);
    }
  }
});

test("a progressive picture of a thousand scans is refused", async () => {
  const file = named("jpeg progressive grey");
  const at = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda);
  const scan = file.subarray(at, at + 13);
  const scans = Buffer.concat([file.subarray(0, at), ...Array(1000).fill(scan), file.subarray(at)]);
  await expect(decodePicture(scans, "a.jpg")).rejects.toThrow(
    "a.jpg: expected a picture in at most 100 scans, got 101",
  );
});

const file = fc.constantFrom(...files);
const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });

/** A picture of the size that it says, or a DataError. */
async function isReadOrRefused(bytes: Uint8Array): Promise<void> {
  const found = await decodePicture(bytes, "a", { pixels: 1 << 20 }).catch((error: unknown) => error);
  if (found instanceof DataError) return expect(found.message).toMatch(/^a: expected .*, got ./);
  if (found instanceof Error) throw found;
  const { width, height, channels, pixels } = found as Awaited<ReturnType<typeof decodePicture>>;
  expect(pixels.length).toBe(width * height * channels);
}

test("a file with any bytes changed, or any bytes after its beginning, is a picture or is refused", async () => {
  await fc.assert(
    fc.asyncProperty(file, changes, async (whole, places) => {
      const bytes = whole.slice();
      for (const [place, value] of places) bytes[place % bytes.length] = value;
      await isReadOrRefused(bytes);
    }),
    { numRuns: 2000, seed: 1 },
  );
  await fc.assert(
    fc.asyncProperty(file, fc.nat(60), fc.uint8Array({ maxLength: 300 }), async (whole, kept, rest) => {
      await isReadOrRefused(Uint8Array.from([...whole.subarray(0, kept), ...rest]));
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("a PNG file with any bytes changed and its checksums made right is a picture or is refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files.slice(0, 20)), changes, async (whole, places) => {
      const bytes = Buffer.from(whole);
      for (const [place, value] of places) bytes[8 + (place % (bytes.length - 8))] = value;
      for (let at = 8; at + 12 <= bytes.length; ) {
        const end = at + 8 + bytes.readUInt32BE(at);
        if (end + 4 > bytes.length) break;
        bytes.writeUInt32BE(checksum(bytes.subarray(at + 4, end)), end);
        at = end + 4;
      }
      await isReadOrRefused(bytes);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test("a picture written as PNG is read as it was", async () => {
  const pictures = fc
    .record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom(1, 2, 3, 4),
    })
    .chain((size) => {
      const length = size.width * size.height * size.channels;
      return fc.record({ size: fc.constant(size), pixels: fc.uint8Array({ minLength: length, maxLength: length }) });
    });
  await fc.assert(
    fc.asyncProperty(pictures, async ({ size, pixels }) => {
      const picture = { ...size, channels: size.channels as 1 | 2 | 3 | 4, pixels };
      expect(await decodePicture(encodePng(picture), "a.png")).toEqual(picture);
    }),
    { numRuns: 100, seed: 1 },
  );
});
