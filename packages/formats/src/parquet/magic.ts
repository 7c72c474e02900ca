/** How a Parquet file begins. */

/** Whether the first bytes are a Parquet file's, encrypted or not. */
export function isParquet(bytes: Uint8Array): boolean {
  return ["PAR1", "PARE"].includes(String.fromCharCode(...bytes.subarray(0, 4)));
}
