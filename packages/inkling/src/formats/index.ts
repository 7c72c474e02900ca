/**
 * Bytes in, bytes out: models, tensors and data sets in the formats that need no dependency. The entry inkling/formats.
 */
export {
  type Checkpoint,
  type CheckpointOptions,
  decodeCheckpoint,
  encodeCheckpoint,
  isCheckpoint,
  isWholeCheckpoint,
} from "./checkpoint.ts";
export { checkIntact } from "./digests.ts";
export { decodeAny, decodeEnsemble, encodeEnsemble } from "./ensemble-file.ts";
export { type DecodeOptions, decodeModel, type EncodeOptions, encodeModel } from "./model-file.ts";
export {
  decodeForeignTensors,
  decodeTensors,
  encodeTensors,
  type FileNumbers,
  type Tensor,
  type Tensors,
} from "./safetensors.ts";
export type { ArrayOptions } from "../data/array-numbers.ts";
export type { TableColumn } from "../data/columns.ts";
export { datasetFromCsv } from "../data/csv.ts";
export { isImageHeader } from "../data/csv-images.ts";
export type { CsvLine, CsvOptions } from "../data/csv-options.ts";
export { collectIdx, datasetFromIdx, type Idx, type NamedBytes, parseIdx, type StoredIdx } from "../data/idx.ts";
export { type Hasher, type RowNumbers, Rows, type RowSource } from "../data/rows.ts";
export { fillMissing } from "../data/missing.ts";
export { encodeNpy, type Npy, type NpyType, type NpyValues, parseNpy } from "../data/npy.ts";
export { datasetFromNpy, datasetFromNpz } from "../data/npz.ts";
export { datasetFromStoredNpy, type StoredNpy } from "../data/stored-npy.ts";
export { isNpy, type NpyHeader, parseNpyHeader } from "../data/npy-header.ts";
export { type IdxFile, MNIST_SHA256, type PairOptions, type ReadIdxFile, readPair } from "../data/pair.ts";
export { decodeJson, encodeJson } from "./json.ts";
export { decodeNpz, encodeNpz, type NpzEntry, npyEntries, npzTensors } from "./npz.ts";
export { decodeTorch, type TorchImport, type TorchOptions, torchFileOf } from "./torch-layout.ts";
export { denseWidths, endsOf } from "./torch-shapes.ts";
export { encodeModule, type ModuleFiles, type ModuleOptions } from "./module.ts";
export { decodeTfjs, type ReadShard, type TfjsImport, type TfjsOptions } from "./tfjs.ts";
export { withNormalizedInputs } from "./normalized.ts";
export { fromBfloat16, fromFloat16 } from "./float16.ts";
