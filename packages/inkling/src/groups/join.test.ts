// Which backends may join a group.
import { expect, test } from "vitest";
import { Reference } from "../backends/reference/reference.ts";
import { ArgumentError } from "../errors.ts";
import { joinGroup } from "./join.ts";

const groupOf = (size: number) => ({ rank: 0, size, exchange() {}, gather() {}, barrier() {} });

test("a group of one changes nothing", () => {
  const backend = new Reference();
  joinGroup(backend, groupOf(1));
  expect(backend.sharing).toBeUndefined();
});

test("a backend joins once", () => {
  const backend = new Reference();
  joinGroup(backend, groupOf(2));
  expect(() => joinGroup(backend, groupOf(2))).toThrow("expected a backend that is in no group");
});

test("in float64 a batch is one block, and nothing can be shared", () => {
  expect(() => joinGroup(new Reference("float64"), groupOf(2))).toThrow(ArgumentError);
});
