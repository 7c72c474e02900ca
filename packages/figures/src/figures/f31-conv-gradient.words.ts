/** What the figure of a convolution's gradients says. */
import { messages } from "../words/messages.ts";

export const words = messages("f31-conv-gradient", {
  question: (places: string) =>
    `Each weight of this filter is used at ${places} places of the digit. ` +
    "How many of them can add something to its gradient?",
  every: (places: string) => `all ${places}`,
  half: (places: string) => `${places}, half of them`,
  windows: (windows: string) => `${windows} at most`,
  answer: (windows: string, adding: string, places: string) =>
    `${windows} at most: max pooling sends δ to one place of each of its ${windows} windows. Where ReLU lets nothing ` +
    `through, or the pixel is 0, nothing is added either. Here ${adding} of ${places} places add something.`,
  filterControl: "Which filter",
  filter: (filter: number) => `Filter ${filter}`,
  activation: "a, the map",
  delta: "δ",
  arrived: (count: string, places: string, windows: string) =>
    `δ is not 0 at ${count} of ${places} places. Max pooling gives δ to one place of each of its ${windows} windows (the grid), and ReLU lets δ through only where z is above 0. Choose one of the 25 gradients: it is taken apart below.`,
  W: "W, the filter",
  dW: "∂C/∂W",
  dWLabel: "The gradients of the filter’s 25 weights. The one you choose is taken apart below.",
  ways: "Which way back",
  weights: "To the weights",
  pixels: "To the pixels",
  x: (row: number, column: number) => `x, as weight (${row}, ${column}) sees it`,
  deltaShort: "δ",
  products: "x · δ, place by place",
  weight: (row: number, column: number) => `Weight in row ${row}, column ${column}`,
  places: "places that add something",
  total: "Σ x·δ, the gradient in float32",
  analytic: "the same in float64",
  numeric: "the central difference in float64",
  error: "relative error of the two",
  corner: "a ReLU or a maximum changes sides here",
  dX: "∂C/∂x: choose a pixel",
  dXLabel: "What the loss wants of each pixel of the digit. The one you choose is taken apart beside it.",
  around: (row: number, column: number, filter: number) =>
    `The 25 places that see pixel (${row}, ${column}), in the map of filter ${filter}`,
  deltaAround: "their δ",
  turned: "W, turned",
  productsAround: "δ · W",
  each: "What each filter sends",
  filterName: (filter: number) => `filter ${filter}`,
  all: "all",
  pixelNote: (total: string, filters: string) =>
    `The ${filters} filters together send ${total} to this pixel: the number in the map.`,
  productsMeans: "the pixel that the weight sees at a place, times the δ of the place: what it adds to the gradient",
  sumMeans: "the gradient of the weight: the sum over all places, in float32",
  analyticMeans: "the gradient of the weight by backpropagation, in float64",
  numericMeans: "the gradient of the weight, measured: the loss with the weight moved to both sides",
  sentMeans: "what one filter sends back to the pixel, and all together",
  turnedMeans: "the filter, turned by half a turn: the weight that each place has for the pixel",
  partsMeans: "the δ of a place times its weight for the pixel",
  pixelMeans: "what all filters send back to the pixel",
});
