// What each figure costs beyond what figures share, and what its page loads in all, in kB of gzip.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";
import { built } from "./built-site.ts";

const folder = `${built}/fig/assets`;
const files = hasChromium ? readdirSync(folder).filter((file) => file.endsWith(".js")) : [];
const figures = files.filter((file) => /^f\d\d-/.test(file));

const code = new Map(files.map((file) => [file, readFileSync(`${folder}/${file}`, "utf8")]));
const size = (file: string) => gzipSync(code.get(file) ?? "").length / 1000;

/** A module with all that it imports. What it may load later is not counted. */
function withImports(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, next = ""] of (code.get(file) ?? "").matchAll(/\b(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) {
    withImports(next, found);
  }
  return found;
}

describe.skipIf(!hasChromium)("the built figures", () => {
  const parts = new Map(figures.map((figure) => [figure, withImports(figure)]));
  const users = (file: string) => [...parts.values()].filter((own) => own.has(file)).length;

  test.each(figures)("%s costs at most 30 kB of its own, and 150 kB with what it shares", (figure) => {
    const all = [...(parts.get(figure) ?? [])];
    const own = all.filter((file) => users(file) === 1);
    const sum = (list: readonly string[]) => list.reduce((total, file) => total + size(file), 0);
    expect(own).toContain(figure);
    expect(all.length).toBeGreaterThan(3);
    expect(sum(own)).toBeLessThan(30);
    expect(sum(all)).toBeLessThan(150);
  });
});
