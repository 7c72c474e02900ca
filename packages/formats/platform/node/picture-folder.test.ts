// Folders of pictures and Parquet files on the disk.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { encodePng } from "inkling-formats/images";
import { readData } from "inkling-formats/node";
import { afterAll, expect, test } from "vitest";

const directory = await mkdtemp(join(tmpdir(), "inkling-pictures-"));
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
const grey = (value: number) => encodePng({ width: 2, height: 1, channels: 1, pixels: Uint8Array.of(value, value) });

async function write(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), bytes);
}

test("a folder of pictures is read from the disk", async () => {
  for (const [i, path] of ["pets/cat/1.png", "pets/cat/2.png", "pets/dog/1.png"].entries()) await write(path, grey(i));
  const data = await readData(at("pets"));
  expect(data).toMatchObject({
    only: { name: "pets", count: 3, classNames: ["cat", "dog"] },
    label: undefined,
    paths: ["cat/1.png", "dog/1.png", "cat/2.png"],
    holdOut: true,
  });
  await expect(readData(at("pets"), { label: "kind" })).rejects.toThrow(
    "label: expected a table, whose columns have names, got pictures (pets).",
  );
});

test("links are followed to files inside of the folder only", async () => {
  for (const path of ["links/a/1.png", "links/b/1.png", "elsewhere/secret.png"]) await write(path, grey(7));
  await symlink(at("links/a/1.png"), at("links/b/2.png"));
  await symlink(at("elsewhere/secret.png"), at("links/b/3.png"));
  await symlink(at("elsewhere"), at("links/c"));
  await symlink("/dev/zero", at("links/b/zero.png"));
  await symlink(at("links"), at("links/a/again"));
  const data = await readData(at("links"));
  expect(data.paths).toEqual(["a/1.png", "b/1.png", "b/2.png"]);
  expect("only" in data && data.only.note).toBe("links: 3 pictures of 2 × 1, in grey. 4 links left out.");
});

test("train and test are a pair, and pictures without folders have no labels", async () => {
  for (const path of ["pair/train/x/1.png", "pair/train/y/1.png", "pair/test/y/2.png"]) await write(path, grey(1));
  expect(await readData(at("pair"))).toMatchObject({
    train: { count: 2 },
    test: { count: 1 },
    paths: ["test/y/2.png"],
  });
  await write("flat/1.png", grey(1));
  expect(await readData(at("flat"))).toMatchObject({ only: { count: 1, task: undefined } });
  await expect(readData(at("flat"), { needsLabel: true })).rejects.toThrow(
    "flat: expected pictures in subfolders, one a class, got pictures without subfolders.",
  );
});

test("one picture is one example", async () => {
  await write("one", grey(9));
  expect(await readData(at("one"), { size: [1, 1] })).toMatchObject({
    only: { shape: [1, 1, 1], count: 1 },
    paths: ["one"],
  });
  await expect(readData(at("one"), { needsLabel: true })).rejects.toThrow(
    "one: expected pictures with labels, got one picture. Name a folder with a subfolder for each class.",
  );
  await write("photo.png", "RIFF????WEBPVP8 ");
  await expect(readData(at("photo.png"))).rejects.toThrow(
    "photo.png: expected a PNG or JPEG picture, got a WebP picture. Save it as PNG.",
  );
});

/** A Parquet file of a table: x, and y which is its sign. */
function parquet(from: number): Uint8Array {
  const x = Array.from({ length: 5 }, (_, i) => from + i);
  const y = x.map((value) => (value < 0 ? "less" : "more"));
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "x", data: x, type: "INT32" },
        { name: "y", data: y, type: "STRING" },
      ],
    }),
  );
}

test("a directory of Parquet files is a pair by their names, parts in order", async () => {
  await write("hub/data/train-00001-of-00002.parquet", parquet(2));
  await write("hub/data/train-00000-of-00002.parquet", parquet(-3));
  await write("hub/data/test-00000-of-00001.parquet", parquet(0));
  await write("hub/README.md", "about");
  const data = await readData(at("hub"), { label: "y" });
  expect(data).toMatchObject({ train: { name: "hub train", count: 10 }, test: { name: "hub test", count: 5 } });
  const pair = data as { train: { inputs: Float32Array }; test: { labels: Uint8Array } };
  expect([...pair.train.inputs]).toEqual([-3, -2, -1, 0, 1, 2, 3, 4, 5, 6]);
  // "more" is the second class in training, and the only word here.
  expect([...pair.test.labels]).toEqual([1, 1, 1, 1, 1]);
  // Words are learnt in training: a part for testing may have one of them only.
  const words = (colours: string[]) => {
    const x = colours.map((_, i) => i % 2);
    const columns = [
      { name: "colour", data: colours, type: "STRING" as const },
      { name: "x", data: x, type: "INT32" as const },
    ];
    return new Uint8Array(parquetWriteBuffer({ columnData: columns }));
  };
  await write("words/train.parquet", words(["red", "blue", "red", "red"]));
  await write("words/test.parquet", words(["red", "red"]));
  expect(await readData(at("words"), { label: "x" })).toMatchObject({
    test: { columnNames: ["colour=blue", "colour=red"], inputs: Float32Array.of(0, 1, 0, 1) },
  });
  await write("parts/train/0000.parquet", parquet(-3));
  await write("parts/validation/0000.parquet", parquet(-1));
  expect(await readData(at("parts"), { label: "y" })).toMatchObject({ test: { count: 5 } });
  await write("alone/a.parquet", parquet(-3));
  expect(await readData(at("alone"), { label: "y" })).toMatchObject({ only: { name: "alone", count: 5 }, label: "y" });
});
