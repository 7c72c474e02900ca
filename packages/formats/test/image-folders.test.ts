/** Folders of pictures become data sets. */
import { readFileSync } from "node:fs";
import { encodePng, type FolderFile, type FolderOptions, imageFolderFrom } from "inkling-formats/images";
import { expect, test } from "vitest";

/** A grey picture of one value. */
function grey(value: number, width = 2, height = 2): Uint8Array {
  return encodePng({ width, height, channels: 1, pixels: new Uint8Array(width * height).fill(value) });
}

const red = encodePng({
  width: 2,
  height: 2,
  channels: 3,
  pixels: Uint8Array.from({ length: 12 }, (_, i) => (i % 3 ? 0 : 200)),
});
const text = new TextEncoder().encode("a text");

/** Files by their paths; a number stands for a grey picture of that value. */
function files(found: Record<string, number | Uint8Array>): FolderFile[] {
  return Object.entries(found).map(([path, value]) => ({
    path,
    bytes: typeof value === "number" ? grey(value) : value,
  }));
}

const read = (found: Record<string, number | Uint8Array>, options?: FolderOptions) => {
  return imageFolderFrom("pets", files(found), options);
};

test("one subfolder is one class, and of each class in turn a picture is taken", async () => {
  const { train, test, paths } = await read({
    "dog/2.png": 22,
    "dog/1.png": 21,
    "cat/a.png": 11,
    "cat/b.png": 12,
    "cat/c.png": 13,
  });
  expect(train.classNames).toEqual(["cat", "dog"]);
  expect(train.shape).toEqual([2, 2, 1]);
  expect(paths.train).toEqual(["cat/a.png", "dog/1.png", "cat/b.png", "dog/2.png", "cat/c.png"]);
  expect([...(train.labels ?? [])]).toEqual([0, 1, 0, 1, 0]);
  expect(Array.from(train.inputs).filter((_, i) => i % 4 === 0)).toEqual([11, 21, 12, 22, 13]);
  expect(test).toBe(undefined);
  expect(train.note).toBe("pets: 5 pictures of 2 × 2, in grey.");
});

test("folders of whole numbers are in the order of their values, and 0 to n are the classes themselves", async () => {
  const ten = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`${i}/a.png`, i]));
  const { train } = await read(ten);
  expect(train.classNames).toBe(undefined);
  expect(train.classes).toBe(11);
  expect([...(train.labels ?? [])].sort((a, b) => a - b)).toEqual([...Array(11).keys()]);
  expect((await read({ "10/a.png": 1, "9/a.png": 2, "2/a.png": 3 })).train.classNames).toEqual(["2", "9", "10"]);
});

test("train and test are a pair, whatever stands around them", async () => {
  const { train, test } = await read({
    "pets-master/Training/cat/a.png": 1,
    "pets-master/Training/dog/a.png": 2,
    "pets-master/testing/dog/b.png": 3,
    "pets-master/testing/cat/more/c.png": 4,
    "__MACOSX/pets-master/._a.png": text,
    "pets-master/.DS_Store": text,
    "pets-master/Training/Thumbs.db": text,
    "pets-master/README.md": text,
  });
  expect([train.name, train.count, test?.name, test?.count]).toEqual(["pets train", 2, "pets test", 2]);
  expect([...(test?.labels ?? [])]).toEqual([0, 1]);
  expect(train.note).toBe("pets: 4 pictures of 2 × 2, in grey. 1 other file left out.");
  expect((await read({ "x/READ.ME": text, "x/y/cat/a.png": 1, "x/y/dog/a.png": 2 })).train.classNames).toEqual([
    "cat",
    "dog",
  ]);
  expect((await read({ "train/cat/a.png": 1, "train/dog/a.png": 2 })).train.classNames).toEqual(["cat", "dog"]);
});

test("pictures for validation are tested on where there are none for testing, and left out where there are", async () => {
  const both = { "train/a/1.png": 1, "train/b/1.png": 2, "valid/a/2.png": 3 };
  const { test, train } = await read(both);
  expect([...(test?.inputs ?? [])]).toEqual([3, 3, 3, 3]);
  expect(train.note).toContain("Those for validation are tested on.");
  const three = await read({ ...both, "test/b/3.png": 4 });
  expect([...(three.test?.inputs ?? [])]).toEqual([4, 4, 4, 4]);
  expect(three.train.note).toContain("The 1 for validation are left out: --validation N holds some of train out.");
});

test("a class called train is no part", async () => {
  const { train } = await read({ "train/a.png": 1, "bus/a.png": 2 });
  expect(train.classNames).toEqual(["bus", "train"]);
});

test("grey pictures stay grey, and one in colours makes all of them colours", async () => {
  const { train } = await read({ "a/1.png": 7, "b/1.png": red });
  expect(train.shape).toEqual([2, 2, 3]);
  expect([...train.inputs]).toEqual([...Array(12).fill(7), ...Array(4).fill([200, 0, 0]).flat()]);
  const grey = (await read({ "a/1.png": 7, "b/1.png": red }, { channels: 1 })).train;
  // 0.299 · 200
  expect([...grey.inputs]).toEqual([7, 7, 7, 7, 60, 60, 60, 60]);
});

test("what is transparent is white paper", async () => {
  const clear = encodePng({ width: 1, height: 1, channels: 4, pixels: Uint8Array.of(255, 0, 0, 51) });
  const { train } = await read({ "a/1.png": clear, "b/1.png": clear });
  expect([...train.inputs.subarray(0, 3)]).toEqual([255, 204, 204]);
});

test("pictures of several sizes need a size, in which they are stretched", async () => {
  const several = { "a/1.png": grey(8, 4, 2), "b/1.png": grey(9, 1, 3) };
  await expect(read(several)).rejects.toThrow(
    "pets: expected pictures of one size (4 × 2 in a/1.png), got 1 × 3 in b/1.png. Nothing was loaded. " +
      "Say in which size they are to be learnt: --size 28x28, in code size: [28, 28].",
  );
  const { train } = await read(several, { size: [3, 2] });
  expect(train.shape).toEqual([2, 3, 1]);
  expect([...train.inputs]).toEqual([8, 8, 8, 8, 8, 8, 9, 9, 9, 9, 9, 9]);
  expect(train.note).toBe("pets: 2 pictures of 1 × 2 to 4 × 3, in grey, stretched to 3 × 2.");
  expect((await read({ "a/1.png": 8, "b/1.png": 9 }, { size: [4, 4] })).train.note).toContain("resized to 4 × 4");
});

test("a picture is one by its content where its name does not say so, and has to be one where it does", async () => {
  const { train } = await read({ "a/1": 1, "b/1.dat": 2, "b/notes.txt": text });
  expect(train.count).toBe(2);
  expect(train.note).toContain("1 other file left out.");
  await expect(read({ "a/1.png": 1, "b/1.png": text })).rejects.toThrow(
    "pets/b/1.png: expected a PNG or JPEG picture, got text.",
  );
  const webp = Uint8Array.from("RIFF????WEBPVP8 ", (character) => character.charCodeAt(0));
  await expect(read({ "a/1.webp": webp })).rejects.toThrow(
    "pets/a/1.webp: expected a PNG or JPEG picture, got a WebP picture. Save it as PNG.",
  );
});

test("a file that is damaged is named", async () => {
  const cut = grey(1).subarray(0, 40);
  await expect(read({ "a/1.png": 1, "b/2.png": cut })).rejects.toThrow(
    "pets/b/2.png: expected a PNG picture that is whole, got one that is cut off.",
  );
});

test("a folder without pictures, or of one class, is refused", async () => {
  await expect(read({})).rejects.toThrow(
    "pets: expected pictures (PNG or JPEG), one subfolder a class, got an empty folder.",
  );
  await expect(read({ "a/x.txt": text, "y.csv": text })).rejects.toThrow(
    "one subfolder a class, got 2 files of other kinds.",
  );
  await expect(read({ "cat/1.png": 1, "cat/2.png": 2 })).rejects.toThrow(
    'pets: expected at least 2 subfolders with pictures, one a class, got 1 ("cat").',
  );
  await expect(read({ "train/a/1.png": 1, "train/b/1.png": 1, "test/c/1.png": 1 })).rejects.toThrow(
    'pets: expected the same classes in all parts, got "c", which is not in train.',
  );
});

test("pictures by themselves have no labels, and beside folders they are left out", async () => {
  const { train } = await read({ "2.png": 2, "1.png": 1 });
  expect([train.task, ...train.inputs]).toEqual([undefined, 1, 1, 1, 1, 2, 2, 2, 2]);
  const mixed = await read({ "a/1.png": 1, "b/1.png": 2, "c.png": 3 });
  expect(mixed.train.count).toBe(2);
  expect(mixed.train.note).toContain("1 picture beside the subfolders left out.");
});

test("a model's classes are found by their names, or as numbers", async () => {
  const { train } = await read({ "dog/1.png": 1 }, { classNames: ["ant", "cat", "dog"] });
  expect([...(train.labels ?? [])]).toEqual([2]);
  expect((await read({ "07/1.png": 1 }, { classNames: ["3", "7"] })).train.labels?.[0]).toBe(1);
  expect((await read({ "7/1.png": 1 }, { classes: 10 })).train.labels?.[0]).toBe(7);
  await expect(read({ "cow/1.png": 1 }, { classNames: ["ant", "cat"] })).rejects.toThrow(
    'pets: expected subfolders called as the 2 classes ("ant", "cat"), got "cow".',
  );
  await expect(read({ "11/1.png": 1 }, { classes: 10 })).rejects.toThrow(
    'pets: expected 10 subfolders, one a class, got 1 ("11").',
  );
});

test("the limits are kept, and sizes that no picture has are refused", async () => {
  const two = { "a/1.png": 1, "b/1.png": 2 };
  await expect(read(two, { limits: { files: 1 } })).rejects.toThrow(
    "pets: expected a folder of at most 1 files, got more.",
  );
  await expect(read(two, { limits: { bytes: 7 } })).rejects.toThrow(
    "pets: expected pictures of at most 7 bytes together, got more, at 2 × 2. Choose a smaller size.",
  );
  await expect(read(two, { size: [0, 4] })).rejects.toThrow(
    "size to be [width, height], each from 1 to 4096, got [0,4].",
  );
  await expect(read(two, { channels: 2 as 1 })).rejects.toThrow("channels to be 1 (grey) or 3 (colours), got 2.");
});

test("files may be read when they are needed", async () => {
  const order: string[] = [];
  const later = (path: string): FolderFile => {
    const bytes = async () => {
      order.push(path);
      return grey(1);
    };
    return { path, bytes };
  };
  const { train } = await imageFolderFrom("pets", [later("b/1.png"), later("a/1.png"), later(".hidden.png")]);
  expect(train.count).toBe(2);
  expect(order).toEqual(["a/1.png", "b/1.png"]);
});

test("JPEG pictures stand beside PNG pictures", async () => {
  const golden = JSON.parse(readFileSync(new URL("golden/pictures.json", import.meta.url), "utf8")) as {
    cases: { name: string; file: string }[];
  };
  const jpeg = Buffer.from(golden.cases.find(({ name }) => name === "jpeg colour")?.file ?? "", "base64");
  const { train } = await read({ "a/1.jpg": jpeg, "b/1.png": grey(1, 37, 21) });
  expect(train.shape).toEqual([21, 37, 3]);
});
