/** What a report calls the classes, the numbers and the rows of a model. */
import type { Dataset, Network } from "inkling";
import { printable } from "../printable.ts";
import { short } from "./terminal.ts";

/** The name of a class: its own where the model knows it, otherwise its number. */
export function className(model: Pick<Network, "classNames">, label: number): string {
  return printable(model.classNames?.[label] ?? label);
}

/** "a 7", "an 8"; a class with a name of its own as it is. */
export function withArticle(model: Pick<Network, "classNames">, label: number): string {
  if (model.classNames !== undefined) return className(model, label);
  return `${/^(8|11$|18$)/.test(String(label)) ? "an" : "a"} ${label}`;
}

/** What an example is: an image or a row of a table. */
export function exampleWord({ shape }: Dataset): "Image" | "Row" {
  return shape.length === 3 ? "Image" : "Row";
}

/** One row of a table as "sepal length 5.1, sepal width 3.5". */
export function rowText(data: Dataset, index: number): string {
  if (data.tableColumns !== undefined) return columnsText(data, data.tableColumns, index);
  const values = Array.from(data.example(index), (value) => short(value, 6));
  return values.map((value, j) => (data.columnNames ? `${printable(data.columnNames[j])} ${value}` : value)).join(", ");
}

/** The same where columns hold words: "colour red, weight 200.5". What was empty or unknown is no word: "colour –". */
function columnsText(data: Dataset, columns: NonNullable<Dataset["tableColumns"]>, index: number): string {
  const values = data.example(index);
  let from = 0;
  const texts = columns.map(({ name, words }) => {
    const own = values.subarray(from, from + (words?.length ?? 1));
    from += own.length;
    return `${printable(name)} ${words === undefined ? short(own[0] ?? 0, 6) : printable(words[own.indexOf(1)] ?? "–")}`;
  });
  return texts.join(", ");
}
