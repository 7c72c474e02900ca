/** Where a training's images come from. */
import type { Dataset } from "inkling";

export interface Sources {
  /** The first `count` training images. */
  train(count: number): Promise<Dataset>;
  /** All test images. */
  test(): Promise<Dataset>;
  /** How much of what was asked for has come, in bytes. */
  readonly progress: { readonly bytes: number; readonly of: number };
}
