import { expect, test } from "vitest";
import { shortNames } from "./short-names.ts";

test.each<[readonly string[], readonly string[]]>([
  [
    ["0", "1", "10"],
    ["0", "1", "10"],
  ],
  [
    ["setosa", "versicolor", "virginica"],
    ["se", "ve", "vi"],
  ],
  [
    ["cat", "house"],
    ["c", "h"],
  ],
  [
    ["class 1", "class 2"],
    ["1", "2"],
  ],
  [
    ["𝒜𝒜lpha", "𝒜𝒜 bet", "gamma"],
    ["𝒜𝒜l", "𝒜𝒜", "gam"],
  ],
  [[], []],
])("of %j are %j", (names, short) => {
  expect(shortNames(names)).toEqual(short);
});
