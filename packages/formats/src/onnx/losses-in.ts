/** Which loss goes with a graph's outputs, and which value of the graph it takes. */
import {
  ArgumentError,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  type Loss,
  meanAbsolute,
  meanSquared,
  quadratic,
  sigmoidCrossEntropy,
} from "inkling";
import { type Core, type Flow, settle, size } from "./flow.ts";
import type { Meaning } from "./output-operators.ts";
import { recognised } from "./pointwise.ts";

const losses = {
  ...{ crossEntropy, sigmoidCrossEntropy, quadratic, meanSquared, meanAbsolute, huber, binaryCrossEntropy },
} as const;

export type LossChoice = keyof typeof losses;

/** What a graph says, where it is probabilities. */
export type OutcomeLoss = Meaning;

export interface ChosenLoss {
  readonly loss: Loss;
  /** What the model's last layer returns. */
  readonly flow: Flow;
  /** Whether neither the file nor the caller says it. */
  readonly isGuessed: boolean;
}

/**
 * Softmax goes with crossEntropy, one sigmoid with binaryCrossEntropy, several with sigmoidCrossEntropy, each on the
 * logits before it. Several numbers without an activation are taken for logits of crossEntropy, as PyTorch's
 * classifiers return them; one number, or an activation, for meanSquared.
 */
export function chosenLoss(outcome: Flow | Meaning, told: LossChoice | undefined, notes: string[]): ChosenLoss {
  if (told !== undefined && !Object.hasOwn(losses, told)) {
    throw new ArgumentError("decodeOnnx", `loss to be one of ${Object.keys(losses).join(", ")}`, JSON.stringify(told));
  }
  if (outcome.kind === "meaning") {
    if (told !== undefined && told !== "crossEntropy") {
      throw new ArgumentError("decodeOnnx", "the loss crossEntropy (the graph ends in a softmax)", told);
    }
    return { loss: crossEntropy(), flow: outcome.logits, isGuessed: false };
  }
  const logits = beforeSigmoid(outcome.core);
  const count = size(outcome.view.dims);
  const isMany = count > 1;
  const usual = logits ? (isMany ? "sigmoidCrossEntropy" : "binaryCrossEntropy") : usualLoss(outcome, isMany);
  const name = told ?? usual;
  const loss: Loss = losses[name]();
  if (!loss.wantsLogits || logits === undefined) return { loss, flow: outcome, isGuessed: told === undefined };
  if (name === "crossEntropy") notes.push("The sigmoid at the end was left out: crossEntropy takes logits.");
  return { loss, flow: { ...outcome, core: logits }, isGuessed: told === undefined };
}

/** What a sigmoid at the end was taken of; undefined if there is none. */
function beforeSigmoid({ how }: Core): Core | undefined {
  return how.kind === "unary" && recognised(how.f) === "sigmoid" ? how.of : undefined;
}

function usualLoss(flow: Flow, isMany: boolean): LossChoice {
  const { step } = settle(flow.core);
  const isScaled = step?.kind === "affine" && step.scale !== 1;
  return isMany && step?.kind !== "activation" && !isScaled ? "crossEntropy" : "meanSquared";
}
