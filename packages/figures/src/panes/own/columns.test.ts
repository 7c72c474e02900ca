import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { columnsOf } from "./columns.ts";

const of = (content: string | Uint8Array<ArrayBuffer>) => columnsOf({ path: "x", file: new Blob([content]) });

test.each<[string, string | Uint8Array<ArrayBuffer>, readonly string[]]>([
  ["names", "id,rooms, price \n1,2,3\n", ["id", "rooms", "price"]],
  ["names in a packed file", new Uint8Array(gzipSync("a;b\n1;2\n")), ["a", "b"]],
  ["names alone", "a,b\n", ["a", "b"]],
  ["a table without a header", "1,2,3\n4,5,6\n", ["column 0", "column 1", "column 2"]],
  ["the same with a word for its answer", "1,2,rose\n4,5,iris\n", ["column 0", "column 1", "column 2"]],
  ["a name among numbers", "2019,2020,kind\n4,5,6\n", ["2019", "2020", "kind"]],
  ["images", "label,pixel0,pixel1,pixel2,pixel3\n1,0,0,0,0\n", []],
  ["arrays", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), []],
  ["nothing", "", []],
])("the columns of %s", async (_, content, columns) => {
  expect(await of(content)).toEqual(columns);
});
