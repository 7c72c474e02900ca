import { expect, test } from "vitest";
import { words } from "./words.ts";

test("a file that is refused says once that nothing came of it", () => {
  expect(words().failed("file: expected a header, got 3 bytes. Nothing was loaded.")).toBe(
    "file: expected a header, got 3 bytes. Nothing was changed.",
  );
  expect(words().failed("file: expected a header, got 3 bytes.")).toBe(
    "file: expected a header, got 3 bytes. Nothing was changed.",
  );
});

test("an advice after that stays, and the end is said once", () => {
  expect(words().failed("file: expected a number, got a word. Nothing was loaded. Write a number.")).toBe(
    "file: expected a number, got a word. Write a number. Nothing was changed.",
  );
});

test("one is one", () => {
  expect([words().examples("1", "1"), words().shape("1")]).toEqual([
    "1 example to learn from, 1 to be tested on",
    "each 1 number",
  ]);
});
