/**
 * The network that the book shows: 784-30-10, sigmoid and softmax, trained where the site is built
 * (apps/site/tools/book-model.js). Its 23,860 numbers are little-endian float16, in the order in which a network
 * declares its parameters: 47,720 bytes.
 */
import { crossEntropy, dense, flatten, type Network, network } from "inkling";
import { fromFloat16 } from "inkling/formats";
import { dataBase, directory } from "./base.ts";
import { fetchBytes, LoadError, type LoadOptions } from "./fetching.ts";
import { Shared } from "./shared.ts";
import { words } from "./words.ts";

const NAME = "models/book.bin";
const fetched = new Map<string, Shared<Uint8Array>>();

/**
 * The book's network, on the default backend; of the page's own site if `base` is absent (base.ts). Each call makes
 * one: what a figure does to its own changes no other. Throws a LoadError.
 */
export async function bookModel(base: string = dataBase(), options: LoadOptions = {}): Promise<Network<"classes">> {
  const url = directory(base) + NAME;
  const shared = fetched.get(url) ?? new Shared((signal) => fetchBytes(url, signal));
  fetched.set(url, shared);
  const bytes = await shared.result(options);
  const specs = [flatten(), dense(30, { activation: "sigmoid" }), dense(10)];
  const model = network([28, 28, 1], specs, { loss: crossEntropy() });
  const expected = model.parameters.reduce((sum, { value }) => sum + 2 * value.rows * value.columns, 0);
  if (bytes.length !== expected) throw new LoadError(words().wrongSize(NAME, String(expected), String(bytes.length)));
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
