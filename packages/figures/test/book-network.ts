/**
 * A small stand-in for the book's network and the first test digits, for the tests' pages: the same weights in the page
 * and in Node, so that what a figure shows is compared with Node's numbers.
 */
import { type Dataset, dense, flatten, type Network, network } from "inkling";
import { mnist } from "inkling/node";
import type { Chromium } from "./in-chromium.ts";

/** As many test digits as the tests have. */
const COUNT = 40;

export async function firstDigits(count = COUNT): Promise<Dataset> {
  return (await mnist()).test.take(count);
}

/** 784-30-10 as its seed makes it, not trained: its probabilities are all of one size. */
export function untrained(): Network<"classes"> {
  return network([28, 28, 1], [flatten(), dense(30, { activation: "sigmoid" }), dense(10)], { seed: 1 });
}

/** Opens a page with one figure that has this network, and these digits as the property of this name. */
export async function openFigure(
  chromium: Chromium,
  name: string,
  digits: Dataset,
  hash: string,
  options = {},
  property: "test" | "digits" = "test",
) {
  const opened = await chromium.open(`<div id="place" style="width: 720px; max-width: 100%"></div>`, options);
  const bytes = (values: Uint8Array) => JSON.stringify(Buffer.from(values).toString("base64"));
  await opened.page.evaluate(`(async () => {
    const { Dataset, dense, flatten, network } = figures.inkling;
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    location.hash = ${JSON.stringify(hash)};
    const figure = document.createElement("inkling-${name}");
    figure.model = network([28, 28, 1], [flatten(), dense(30, { activation: "sigmoid" }), dense(10)], { seed: 1 });
    figure.${property} = new Dataset({
      name: "digits", shape: [28, 28, 1], classes: 10,
      inputs: bytes(${bytes(digits.inputs as Uint8Array)}), labels: bytes(${bytes(digits.labels as Uint8Array)}),
    });
    place.append(figure);
  })()`);
  await opened.page.waitForSelector(`inkling-${name} :is(inkling-question, .digit)`);
  return opened;
}
