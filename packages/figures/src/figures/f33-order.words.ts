/** What the figure of the order says. */
import { messages } from "../words/messages.ts";

export const words = messages("f33-order", {
  question: "Eight float32 numbers can be added in 40,320 orders. How many different sums come out, to the last bit?",
  one: "one: a + b = b + a",
  some: "a handful",
  all: "thousands",
  answer: (count: string) =>
    `Here it is ${count}. Each single addition is exact up to one rounding, and a + b is b + a. But (a + b) + c is rounded at another place than a + (b + c).`,
  terms: (output: string) =>
    `What eight test digits say about the bias of output ${output}: their terms p − y of the gradient. They are the eight that the network is most wrong about. Drag a number to another place.`,
  tiles: "The eight numbers, in the order in which they are added",
  tile: (place: string, digit: string, label: string) => `Place ${place}, test digit ${digit}, a ${label}:`,
  soFar: "Sum so far:",
  move: "The left and right arrow keys move it.",
  exact: "exact",
  lost: (lost: string) => `lost ${lost}`,
  shuffle: "Shuffle",
  largest: "Largest first",
  smallest: "Smallest first",
  reset: "As they were",
  sum: "Sum",
  off: (steps: string, exact: string) =>
    steps === "0"
      ? `the float32 number nearest to the exact ${exact}`
      : `${steps} float32 numbers away from the exact ${exact}`,
  bits: (count: string) =>
    count === "0"
      ? "Its 32 bits: sign, exponent, mantissa. They are those of the first order."
      : `Its 32 bits: sign, exponent, mantissa. ${count} of them are not those of the first order.`,
  said: (sum: string, steps: string) => `The sum is ${sum}: ${steps} float32 numbers away from the exact one.`,
  away: "float32 numbers away from the exact sum",
  ordersColumn: "orders",
  termMeans: "a term of the sum; below it the sum so far, and what rounding has taken from it",
  bitsMeans: "the bits of the sum; one that is not that of the first order is filled",
  ordersMeans: "a column: how many orders give this sum; the filled one is the order above",
  ordersTitle: "All 40,320 orders",
  orders: "Number of orders for each sum, by its distance from the exact sum",
  ordersOf: (steps: string, orders: string) => `${steps} from the exact sum: ${orders} orders`,
  ordersNote: (sums: string, now: string) =>
    `${sums} sums, by how many float32 numbers each is away from the exact one. The order above has the sum of the filled column, which ${now} orders give.`,
});
