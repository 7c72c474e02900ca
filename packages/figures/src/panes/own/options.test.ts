import { expect, test } from "vitest";
import { continued, nothingSaid, optionsFrom } from "./options.ts";

test("a list of columns is what stands between its commas", () => {
  expect(optionsFrom({ ...nothingSaid, ignore: " id, full name ,," }).ignore).toEqual(["id", "full name"]);
  expect(optionsFrom({ ...nothingSaid, ignore: " , " }).ignore).toBeUndefined();
});

test("an empty field says nothing", () => {
  expect(Object.values(optionsFrom(nothingSaid)).every((value) => value === undefined)).toBe(true);
});

test("where several columns are written, the others are offered after them", () => {
  const columns = ["id", "name", "price"];
  expect(continued("", columns)).toEqual(columns);
  expect(continued("na", columns)).toEqual(columns);
  expect(continued("id,", columns)).toEqual(["id, name", "id, price"]);
  expect(continued("id, na", columns)).toEqual(["id, name", "id, price"]);
});
