/** A transpose, for machine code that leaves out zeros (src/backends/wasm/listed-products.ts). */
import * as argument from "./arguments";
import { LISTED_ROWS } from "./layout";
import { storeFirst } from "./memory";

/** C = Aᵀ. A tile is LISTED_ROWS rows of A, four by four numbers at a time. */
export function transposeTile(tile: i32): void {
  const rows = load<i32>(argument.PRODUCT_ROWS);
  const columns = load<i32>(argument.PRODUCT_COLUMNS);
  const rowBytes = <usize>columns << 2;
  const toBytes = <usize>rows << 2;
  const last = min(tile * LISTED_ROWS + LISTED_ROWS, rows);
  for (let c = 0; c < columns; c += 4) {
    const width = min(4, columns - c);
    for (let r = tile * LISTED_ROWS; r < last; r += 4) {
      const count = last - r;
      const from = load<usize>(argument.PRODUCT_A) + <usize>r * rowBytes + (<usize>c << 2);
      const a = v128.load(from);
      const b = v128.load(count > 1 ? from + rowBytes : from);
      const d = v128.load(count > 2 ? from + 2 * rowBytes : from);
      const e = v128.load(count > 3 ? from + 3 * rowBytes : from);
      // a0 b0 a1 b1, d0 e0 d1 e1 and the same of the others
      const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), de = i32x4.shuffle(d, e, 0, 4, 1, 5);
      const ab2 = i32x4.shuffle(a, b, 2, 6, 3, 7), de2 = i32x4.shuffle(d, e, 2, 6, 3, 7);
      let to = load<usize>(argument.PRODUCT_C) + <usize>c * toBytes + (<usize>r << 2);
      storeFirst(to, i64x2.shuffle(ab, de, 0, 2), count);
      if (width > 1) storeFirst((to += toBytes), i64x2.shuffle(ab, de, 1, 3), count);
      if (width > 2) storeFirst((to += toBytes), i64x2.shuffle(ab2, de2, 0, 2), count);
      if (width > 3) storeFirst((to += toBytes), i64x2.shuffle(ab2, de2, 1, 3), count);
    }
  }
}
