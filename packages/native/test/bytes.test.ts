// Every instruction form, byte for byte what GNU as makes of its text (bytes.txt, written by pin-bytes.js).
import { readFileSync } from "node:fs";
import { assembler } from "inkling-native";
import { expect, test } from "vitest";
import { forms } from "./forms.js";

const pinned = new Map(
  readFileSync(new URL("bytes.txt", import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" → ") as [string, string]),
);

test("every form gives the bytes of GNU as", () => {
  expect(forms.length).toBeGreaterThan(3000);
  const different = forms.flatMap(({ text, write }) => {
    const code = assembler();
    write(code);
    const bytes = Buffer.from(code.finish()).toString("hex");
    return bytes === pinned.get(text) ? [] : [`${text}: ${bytes}, GNU as has ${pinned.get(text)}`];
  });
  expect(different).toEqual([]);
});

test("every pinned line is a form, and every instruction has forms", () => {
  expect([...pinned.keys()]).toEqual([...new Set(forms.map(({ text }) => text))]);
  const code = assembler();
  const others = "label place align constant write writeNumber writeLong writeDistance distanceBack finish".split(" ");
  const prototypes = [Object.getPrototypeOf(code), Object.getPrototypeOf(Object.getPrototypeOf(code))];
  const internal =
    "constructor position boundary own arithmetic arithmeticByNumber moveNumber read shift jump indirect".split(" ");
  const names = [code, ...prototypes].flatMap((part) => Object.getOwnPropertyNames(part));
  const fields = "bytes fixups constants labels places widestBoundary".split(" ");
  const instructions = names.filter((name) => ![...others, ...internal, ...fields].includes(name));
  expect(new Set(forms.map(({ name }) => name))).toEqual(new Set(instructions));
});
