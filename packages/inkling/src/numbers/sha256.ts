/** SHA-256 of bytes in hexadecimal: what names weights and data sets. */
import { ArgumentError } from "../errors.ts";

/** The bytes of several arrays, one after the other. */
export function joinedBytes(arrays: readonly ArrayBufferView[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    all.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return all;
}

/**
 * By the platform's Web Crypto, which a page has only over https (or from localhost); throws an ArgumentError without.
 */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle === undefined) throw new ArgumentError("sha256", "a platform with digests", "a page without https");
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
