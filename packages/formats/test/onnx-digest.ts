/** The SHA-256 of a file's graph, without its texts: another version of Inkling writes the same one. */
import { createHash } from "node:crypto";
import { readMessage, writeMessage } from "../src/onnx/protobuf.ts";
import { type ModelProto, modelTable } from "../src/onnx/schema.ts";

export async function graphDigest(bytes: Uint8Array): Promise<string> {
  const { graph } = readMessage<ModelProto>(modelTable, bytes);
  return createHash("sha256").update(writeMessage(modelTable, { graph })).digest("hex");
}
