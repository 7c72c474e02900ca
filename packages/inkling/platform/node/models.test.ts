// What save and load refuse before they touch the disk; what they read and write is tested beside the formats.
import { expect, test } from "vitest";
import { ArgumentError, dense, network } from "../../src/index.ts";
import { checkWritable, readWhole, writeWhole } from "./files.ts";
import { load, save } from "./models.ts";

const model = network([2], [dense(2)]);

test.each<[string, () => Promise<unknown>, string]>([
  ["a number to load", () => load(5 as never), 'load: expected a path, as "model.safetensors", got 5.'],
  ["nothing to load", () => load(undefined as never), "got nothing."],
  ["no path to save to", () => save(model, undefined as never), 'save: expected a path, as "model.safetensors", got'],
  ["no network to save", () => save({} as never, "model.safetensors"), "save: expected a network, got an object."],
  [
    "a path in the place of a network",
    () => save("model.safetensors" as never, model as never),
    'got "model.safetensors".',
  ],
  ["no path to read", () => readWhole(5 as never), "expected a path"],
  ["no path to write", () => writeWhole(undefined as never, new Uint8Array(1)), "expected a path"],
  ["no path to try", () => checkWritable(null as never, 1), 'expected a path, as "model.safetensors", got null.'],
])("%s is one sentence", async (_, attempt, sentence) => {
  await expect(attempt()).rejects.toThrow(ArgumentError);
  await expect(attempt()).rejects.toThrow(sentence);
});
