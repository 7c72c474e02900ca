/** Which quantity each view shows. */

import type { QuantityName } from "../../words/quantities.ts";
import type { View } from "./looking.ts";

export const shows: Readonly<Record<View, QuantityName>> = {
  ...{ weights: "W", products: "products", gradient: "dW", change: "change", difference: "difference" },
};
