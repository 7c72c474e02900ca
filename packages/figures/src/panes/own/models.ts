/** Models from files, and as files: the same as the command line's. What a file is, its content says. */
import { Ensemble, ModelFileError, type Network } from "inkling";
import {
  checkIntact,
  decodeAny,
  decodeJson,
  decodeNpz,
  encodeJson,
  encodeModel,
  encodeModule,
  encodeNpz,
} from "inkling/formats";

/** The largest file that is read: 256 MiB. */
const MOST = 2 ** 28;

/** Reads a network. Throws a ModelFileError, in one sentence, for a file that is damaged or of no known format. */
export async function readModel(name: string, file: Blob): Promise<Network> {
  if (file.size > MOST) throw new ModelFileError(name, `at most ${MOST} bytes`, `${file.size}`, "Nothing was loaded.");
  const model = await decoded(name, new Uint8Array(await file.arrayBuffer()));
  if (model instanceof Ensemble) {
    const advice = "Export one of its networks: inkling export --member 1.";
    for (const member of model.members) member.close();
    throw new ModelFileError(name, "one network", "an ensemble of several", advice);
  }
  await checkIntact(model);
  return model;
}

async function decoded(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Network | Ensemble> {
  const starts = (...start: readonly number[]) => start.every((byte, i) => bytes[i] === byte);
  if (starts(0x50, 0x4b)) {
    const { unzip } = await import("inkling-formats/archives");
    return decodeNpz(await unzip(bytes, name, { bytes: MOST }), { name });
  }
  if (starts(0x08) && (bytes[1] ?? 99) < 32) {
    const { decodeOnnx } = await import("inkling-formats/onnx");
    return (await decodeOnnx(bytes, { name })).model;
  }
  // Of a safetensors file the text begins after eight bytes of a length.
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  return text.startsWith("{") ? decodeJson(new TextDecoder().decode(bytes), { name }) : decodeAny(bytes, { name });
}

export type ModelFormat = "safetensors" | "json" | "npz" | "onnx" | "module";
export const modelFormats: readonly ModelFormat[] = ["safetensors", "json", "npz", "onnx", "module"];

export interface SavedModel {
  readonly name: string;
  readonly bytes: BlobPart;
  readonly size: number;
}

/** The file of a network in a format, under the name that it is saved by. */
export async function writeModel(model: Network, format: ModelFormat): Promise<SavedModel> {
  const file = (extension: string, content: Uint8Array<ArrayBuffer>): SavedModel => {
    return { name: `model.${extension}`, bytes: content, size: content.length };
  };
  const utf8 = (text: string) => new TextEncoder().encode(text);
  switch (format) {
    case "safetensors":
      return file("safetensors", await encodeModel(model));
    case "json":
      return file("json", utf8(await encodeJson(model)));
    case "npz": {
      const { zip } = await import("inkling-formats/archives");
      return file("npz", await zip(await encodeNpz(model)));
    }
    case "onnx": {
      const { encodeOnnx } = await import("inkling-formats/onnx");
      return file("onnx", (await encodeOnnx(model)).bytes);
    }
    case "module":
      return file("js", utf8((await encodeModule(model, { name: "model.js" })).code));
  }
}
