/** Dropout as a plain loop. Which numbers are dropped is said in backends/backend.ts. */
import type { Arithmetic } from "../../numbers/float32.ts";
import { thresholdOf } from "../dropout.ts";
import type { KernelSet } from "../kernel-set.ts";

/** Dropout in one precision. */
export function dropoutLoops({ round }: Arithmetic): Pick<KernelSet, "dropout"> {
  return {
    dropout(x, { rate, stream, epoch, order, start }, z) {
      const [threshold, s, n] = [thresholdOf(rate), round(1 / (1 - rate)), x.columns];
      for (let i = 0; i < x.rows; i++) {
        for (let j = 0; j < n; j++) {
          const u = stream.words(Math.floor(j / 4), order[start + i], epoch)[j % 4];
          // zᵢⱼ = xᵢⱼ / (1 − r), or 0 if uᵢⱼ < r·2³²
          z.data[i * n + j] = u < threshold ? 0 : round(s * x.data[i * n + j]);
        }
      }
    },
  };
}
