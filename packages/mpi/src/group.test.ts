import { expect, test } from "vitest";
import { belongs } from "./group.ts";

test("a library belongs to its launcher when both count the same processes", () => {
  expect(belongs({ launcher: "open-mpi", rank: 2, size: 4 }, 2, 4)).toBe(true);
  expect(belongs({ launcher: "open-mpi", rank: 0, size: 4 }, 0, 1)).toBe(false);
  expect(belongs({ launcher: "pmi", rank: 2, size: 4 }, 1, 4)).toBe(false);
});

test("where the launcher says no size, the rank decides", () => {
  expect(belongs({ launcher: "pmix", rank: 2, size: undefined }, 2, 4)).toBe(true);
  expect(belongs({ launcher: "pmix", rank: 2, size: undefined }, 0, 1)).toBe(false);
});
