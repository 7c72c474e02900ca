/** What is found out about a network for the pane that judges it; each part is one call of the library. */
import { augment, augmentedCopy, type ClassEvaluation, type Dataset, evaluate, type Network } from "inkling";
import { type LayerLook, lookAt } from "./look.ts";
import type { PlacedDigit } from "./plane.ts";
import { onPlane } from "./projection.ts";

export interface Verdict {
  readonly test: ClassEvaluation;
  /** Of as many training images as there are test images; undefined without training images. */
  readonly train: ClassEvaluation | undefined;
  readonly layers: readonly LayerLook[];
  /** Of the images that were looked at, what each was read as. */
  readonly plane: readonly PlacedDigit[];
}

/** Judges a network of classes by all test images, and by as many training images. */
export async function judge(
  model: Network<"classes">,
  test: Dataset,
  train: Dataset | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  const onTest = await evaluate(model, test, { signal });
  const onTrain = train && (await evaluate(model, train.take(Math.min(test.count, train.count)), { signal }));
  const layers = await lookAt(model, test);
  return { test: onTest, train: onTrain, layers, plane: placed(layers, test, onTest) };
}

/** The settings of the warped images: as `mlp-elastic`'s training images are warped, milder. */
const WARP = { rotation: 12, shift: 2, shear: 8, scale: [0.9, 1.1] as const };

/** The same test images, each turned, shifted, sheared and bent, always in the same way. */
export async function judgeWarped(
  model: Network<"classes">,
  test: Dataset,
  signal: AbortSignal,
): Promise<ClassEvaluation> {
  const warped = await augmentedCopy(test, augment(WARP), { seed: 7, backend: model.backend });
  return evaluate(model, warped, { signal });
}

/** The digits where the last hidden layer puts them; none without a hidden layer. */
function placed(layers: readonly LayerLook[], test: Dataset, { mistakes }: ClassEvaluation): PlacedDigit[] {
  const hidden = layers.at(-2);
  const isHidden = layers.slice(0, -1).some(({ gradient }) => gradient !== undefined);
  if (hidden === undefined || !isHidden) return [];
  const wrong = new Set(mistakes.map(({ index }) => index));
  return onPlane(hidden.outputs, hidden.units).map((point, index) => {
    const label = test.labels?.[index] ?? 0;
    return { ...point, index, text: test.classNames?.[label] ?? String(label), isMistake: wrong.has(index) };
  });
}
