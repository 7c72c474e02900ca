/**
 * The networks that the book shows, trained where the site is built (apps/site/tools/book-model.js). The numbers of
 * each are little-endian float16, in the order in which a network declares its parameters.
 *
 *   book                  784-30-10, sigmoid and softmax: 23,860 numbers, 47,720 bytes
 *   convolution           two convolutions of 8 and 16 filters, each with max pooling: 5,994 numbers, 11,988 bytes
 *   convolution-shifted   the same, trained on images that were moved by up to four pixels
 */
import { conv2d, crossEntropy, dense, flatten, type LayerSpec, maxPool2d, type Network, network } from "inkling";
import { fromFloat16 } from "inkling/formats";
import { dataBase, directory } from "./base.ts";
import { fetchBytes, LoadError, type LoadOptions } from "./fetching.ts";
import { Shared } from "./shared.ts";
import { words } from "./words.ts";

const fetched = new Map<string, Shared<Uint8Array>>();

/**
 * The book's network, on the default backend; of the page's own site if `base` is absent (base.ts). Each call makes
 * one: what a figure does to its own changes no other. Throws a LoadError.
 */
export async function bookModel(base: string = dataBase(), options: LoadOptions = {}): Promise<Network<"classes">> {
  return loaded("book", [flatten(), dense(30, { activation: "sigmoid" }), dense(10)], base, options);
}

/**
 * The book's convolutional network, or the one that was trained on moved images. Everything else as for `bookModel`.
 */
export async function convolutionModel(
  name: "convolution" | "convolution-shifted" = "convolution",
  base: string = dataBase(),
  options: LoadOptions = {},
): Promise<Network<"classes">> {
  const specs = [conv2d(8, 5, "relu"), maxPool2d(2), conv2d(16, 5, "relu"), maxPool2d(2), flatten(), dense(10)];
  return loaded(name, specs, base, options);
}

async function loaded(
  name: string,
  specs: readonly LayerSpec[],
  base: string,
  options: LoadOptions,
): Promise<Network<"classes">> {
  const file = `models/${name}.bin`;
  const url = directory(base) + file;
  const shared = fetched.get(url) ?? new Shared((signal) => fetchBytes(url, signal));
  fetched.set(url, shared);
  const bytes = await shared.result(options);
  const model = network([28, 28, 1], specs, { loss: crossEntropy() });
  const expected = model.parameters.reduce((sum, { value }) => sum + 2 * value.rows * value.columns, 0);
  if (bytes.length !== expected) throw new LoadError(words().wrongSize(file, String(expected), String(bytes.length)));
  const halves = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (const { value } of model.parameters) {
    const numbers = Float32Array.from({ length: value.rows * value.columns }, (_, i) =>
      fromFloat16(halves.getUint16(at + 2 * i, true)),
    );
    model.backend.write(value, numbers);
    at += 2 * numbers.length;
  }
  return model;
}
