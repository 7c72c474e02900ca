/** An example in a row of those that can be chosen. */
import type { Dataset } from "inkling";
import { arranged, arrangementOf } from "../inside/arrangement.ts";
import type { StripItem } from "./strip.ts";

export function itemOf(index: number, data: Dataset, text: string): StripItem {
  const picture = arrangementOf(data.shape);
  // A row of a table is no picture.
  const pixels = data.shape.length > 1 ? arranged(data.example(index), picture) : undefined;
  return { index, pixels, columns: picture.columns, text };
}
