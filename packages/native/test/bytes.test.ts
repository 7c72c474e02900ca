// Every instruction form, byte for byte what GNU as makes of its text (bytes.txt, written by pin-bytes.js).
import { readFileSync } from "node:fs";
import { type Assembler, assembler, at, k, r12, rax, rsi, ymm, zmm } from "inkling-native";
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
  const others = [
    ..."constructor position boundary label place align constant".split(" "),
    ..."write writeNumber writeLong writeDistance distanceBack finish".split(" "),
  ];
  const prototypes = [Object.getPrototypeOf(code), Object.getPrototypeOf(Object.getPrototypeOf(code))];
  const names = [code, ...prototypes].flatMap((part) => Object.getOwnPropertyNames(part));
  const instructions = names.filter((name) => !others.includes(name));
  expect(new Set(forms.map(({ name }) => name))).toEqual(new Set(instructions));
});

test("the examples of docs/machine-code.md are what this assembler writes", () => {
  const page = readFileSync(new URL("../../../docs/machine-code.md", import.meta.url), "utf8");
  const bytesOf = (write: (code: Assembler) => void) => {
    const code = assembler();
    write(code);
    return Array.from(code.finish(), (byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  };
  const tables = [...page.matchAll(/^\| byte .*\n(?:\|.*\n)+/gm)].map(([table]) =>
    Array.from(table.matchAll(/^\| `(..)` /gm), ([, byte]) => byte),
  );
  const masked = { mask: k(2), zero: true };
  expect(tables).toEqual([
    bytesOf((code) => code.vaddps(ymm(9), ymm(2), at(rsi, 64, rax, 4))),
    bytesOf((code) => code.vmulps(zmm(17), zmm(3), at(r12, 128).toAll(), masked)),
  ]);
  expect(page).toContain(`\`${bytesOf((code) => code.vmovups(zmm(1), at(rsi, 128))).join(" ")}\``);
});
