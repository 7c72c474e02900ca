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
