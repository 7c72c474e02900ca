/**
 * TFRecord, the container of event files: one record after the other, each
 *
 *   length (8 bytes) · masked CRC-32C of these (4) · the record (length bytes) · masked CRC-32C of it (4)
 *
 * with all numbers little-endian (tensorflow.org, "TFRecord and tf.train.Example").
 */
import { maskedCrc32c } from "./crc32c.ts";

/** A record with its frame: 16 bytes more than it has itself. */
export function framed(record: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(record.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(record.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(record, 12);
  view.setUint32(12 + record.length, maskedCrc32c(record), true);
  return bytes;
}
