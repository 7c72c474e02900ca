/** ONNX, out and in: bytes in, bytes out, in Node and in a page. The entry inkling-formats/onnx. */
export { type EncodeOnnxOptions, encodeOnnx, type PixelUnits, type OnnxFile } from "./encode.ts";
export { type DecodeOnnxOptions, decodeOnnx, externalFiles, type FoundModel } from "./decode.ts";
export type { LossChoice } from "./losses-in.ts";
export type { Normalization } from "./units-in.ts";
