/** What is found out about a network for the pane that judges it; each part is one call of the library. */
import { augment, augmentedCopy, type ClassEvaluation, type Dataset, evaluate, type Network } from "inkling";
import { withoutGaps } from "../gaps.ts";
import { type Look, lookAt } from "./look.ts";
import type { PlacedDigit } from "./plane.ts";
import { onPlane } from "./projection.ts";

export interface Verdict {
  readonly test: ClassEvaluation;
  /** Of about as many training images as there are test images; undefined without training images. */
  readonly train: ClassEvaluation | undefined;
  /** The test examples, without empty cells. */
  readonly data: Dataset;
  readonly look: Look;
  /** Of the images that were looked at, what each was read as. */
  readonly plane: readonly PlacedDigit[];
}

/** Training images that are looked at also where there are fewer test images. */
const LEAST_TRAINING = 1000;

/** As many training examples as there are test examples, or some more. */
export function comparedWith(test: Dataset, train: Dataset | undefined): Dataset | undefined {
  return train?.take(Math.min(train.count, Math.max(test.count, LEAST_TRAINING)));
}

/** Judges a network of classes by all test images, and by as many training images. */
export async function judge(
  model: Network<"classes">,
  test: Dataset,
  train: Dataset | undefined,
  signal: AbortSignal,
): Promise<Verdict> {
  const data = withoutGaps(model, test);
  const onTest = await evaluate(model, data, { signal });
  const learned = comparedWith(test, train);
  const onTrain = learned && (await evaluate(model, withoutGaps(model, learned), { signal }));
  const look = await lookAt(model, data);
  return { test: onTest, train: onTrain, data, look, plane: placed(look, data, onTest) };
}

/** The warped images of the README's table of presets: the same settings, and the same seed. */
const WARP = { rotation: 15, scale: [0.8, 1.2] as const, shear: 10, shift: 3 };
const WARP_SEED = 1;

/** The same test images, each turned, shifted, sheared and scaled, always in the same way. */
export async function judgeWarped(
  model: Network<"classes">,
  test: Dataset,
  signal: AbortSignal,
): Promise<ClassEvaluation> {
  const warped = await augmentedCopy(test, augment(WARP), { seed: WARP_SEED, backend: model.backend });
  return evaluate(model, warped, { signal });
}

/** The digits where the last hidden layer puts them; none without a hidden layer. */
function placed({ layers }: Look, test: Dataset, { mistakes }: ClassEvaluation): PlacedDigit[] {
  const hidden = layers.at(-2);
  const isHidden = layers.slice(0, -1).some(({ gradient }) => gradient !== undefined);
  if (hidden === undefined || !isHidden) return [];
  const wrong = new Set(mistakes.map(({ index }) => index));
  return onPlane(hidden.outputs, hidden.units).map((point, index) => {
    const label = test.labels?.[index] ?? 0;
    return { ...point, index, text: test.classNames?.[label] ?? String(label), isMistake: wrong.has(index) };
  });
}
