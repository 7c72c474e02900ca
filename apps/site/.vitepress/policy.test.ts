// The policy of a page names its inline scripts, and no others.
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { policyOf, withPolicy } from "./policy.ts";

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const page = `<!DOCTYPE html><html><head><meta charset="utf-8"><script id="a">let a = 1;</script>
<script type="module" src="/app.js"></script></head><body><script>
b()</script></body></html>`;

test("the hash of each inline script stands in it", () => {
  const scripts = policyOf(page).split("; ")[1];
  expect(scripts).toBe(`script-src 'self' 'wasm-unsafe-eval' ${hash("let a = 1;")} ${hash("\nb()")}`);
});

test("nothing may be loaded that is not named", () => {
  expect(policyOf(page)).toMatch(/^default-src 'none'; /);
  expect(policyOf(page)).not.toMatch(/script-src[^;]*unsafe-inline|https?:|\*/);
});

test("it stands before the first script", () => {
  const html = withPolicy(page);
  expect(html.indexOf("Content-Security-Policy")).toBeGreaterThan(html.indexOf("charset"));
  expect(html.indexOf("Content-Security-Policy")).toBeLessThan(html.indexOf("<script"));
});

test("a page without a head is refused", () => {
  expect(() => withPolicy("<p>")).toThrow("A page needs a <head> for its policy, and this one has none.");
});
