// What the fuzzer kept (tools/fuzz/fuzz.js): the corpus of each parser, which reaches all that was reached, and all
// that was ever found. And some thousand inputs more, changed at random.
import { readFile } from "node:fs/promises";
import { InklingError } from "inkling";
import { expect, test } from "vitest";
import { mutated } from "../../../tools/fuzz/mutate.js";
import { targets } from "../../../tools/fuzz/targets.js";

const CHANGED = 2000;

test.each(Object.keys(targets))(
  "%s refuses what it cannot read with an error of Inkling's, and nothing else",
  async (name) => {
    const { parse, words, seeds } = targets[name];
    const file = new URL(`../../../tools/fuzz/corpus/${name}.json`, import.meta.url);
    const kept: { inputs: string[]; finds: string[] } = JSON.parse(await readFile(file, "utf8"));
    const corpus = [...kept.inputs, ...kept.finds].map((text) => new Uint8Array(Buffer.from(text, "base64")));
    let state = 1;
    const below = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const texts = words.map((word) => new TextEncoder().encode(word));
    const sound = await seeds();
    for (const input of sound) expect(await parse(input.slice())).toBeDefined();
    const all = [...sound, ...corpus];
    for (let i = 0; i < CHANGED; i++) all.push(mutated(all[below(all.length)], { below }, all, texts, 4096));
    for (const input of all) {
      try {
        await parse(input.slice());
      } catch (error) {
        if (error instanceof InklingError && error.code !== "INKLING_BUG") continue;
        throw new Error(`${name}: ${Buffer.from(input).toString("base64")}`, { cause: error });
      }
    }
  },
);
