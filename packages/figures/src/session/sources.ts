/** Where a training's examples come from. */
import type { Dataset } from "inkling";

export interface Sources {
  /** At least the first `count` training examples. */
  train(count: number): Promise<Dataset>;
  /** All test examples. */
  test(): Promise<Dataset>;
  /** How much of what was asked for has come, in bytes. */
  readonly progress: { readonly bytes: number; readonly of: number };
}
