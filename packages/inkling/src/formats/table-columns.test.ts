import { expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { network } from "../network/network.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

const tableColumns = [{ name: "colour", words: ["blue", "red"], missing: [0.25, 0.75] }, { name: "size" }];
const columnNames = ["colour=blue", "colour=red", "size"];

test("a model file keeps the columns of the table, with their words and what an empty cell is read as", async () => {
  const model = network([3], [dense(2)], { columnNames, tableColumns });
  expect(decodeModel(await encodeModel(model)).tableColumns).toEqual(tableColumns);
});

test.each([
  ["others than the inputs", [{ name: "colour" }, { name: "size" }], "expected tableColumns that make the inputs"],
  ["no columns", "colour", "tableColumns: expected an array of columns"],
  ["means that are not known", [{ name: "size", missing: "mean" }], "tableColumns[0].missing: expected one number"],
  ["the same word twice", [{ name: "size", words: ["a", "a"] }], "tableColumns[0].words: expected 1 to 256 different"],
])("a file with %s is refused", async (_, columns, sentence) => {
  const { metadata, tensors } = decodeTensors(
    await encodeModel(network([3], [dense(2)], { columnNames, tableColumns })),
    "a",
  );
  const architecture = JSON.parse(metadata["inkling.architecture"] ?? "");
  architecture.input.tableColumns = columns;
  const file = { metadata: { ...metadata, "inkling.architecture": JSON.stringify(architecture) }, tensors };
  expect(() => decodeModel(encodeTensors(file), { name: "a.safetensors" })).toThrow(sentence);
});
