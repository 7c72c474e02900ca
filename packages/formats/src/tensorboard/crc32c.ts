/**
 * CRC-32C (Castagnoli), the checksum of TFRecord files: bits reversed, polynomial 0x1EDC6F41, begun at and closed with
 * all ones (RFC 3720, section 12.1 and appendix B.4).
 */

/** The polynomial with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** What each byte adds. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The checksum of some bytes, from 0 to 2³² − 1. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * The checksum as records hold it. A checksum of bytes that hold their own checksum says little, so it is rotated by 15
 * bits, and a constant is added (TensorFlow, core/lib/hash/crc32c.h).
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
