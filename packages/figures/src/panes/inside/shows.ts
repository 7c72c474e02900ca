/** Which quantity each view shows. */
import type { View } from "./looking.ts";
import type { QuantityName } from "./symbols.ts";

export const shows: Readonly<Record<View, QuantityName>> = {
  ...{ weights: "W", products: "products", gradient: "dW", change: "change", difference: "difference" },
};
