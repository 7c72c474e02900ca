/** What a view of a training comes to in words: for the line beside the buttons, and for a screen reader. */

import type { View } from "../../session/protocol.ts";
import type { Session } from "../../session/session.ts";
import { inDigits, inPercent, inWhole } from "../../words/messages.ts";
import { BY_HEART, trendOf } from "../generalising.ts";
import type { Series } from "./curves.ts";
import { words } from "./words.ts";

export function whereLine(view: View): string {
  const { phase, total, goal, epoch, epochs, step, steps, loaded, ended } = view;
  const [e, es, s, ss] = [epoch, epochs, step, steps].map(inWhole) as [string, string, string, string];
  if (phase === "loading") {
    if (!loaded || loaded.of === 0) return words().loading;
    const inMegabytes = (bytes: number) => inDigits(bytes / 1e6, 2);
    return words().loadingBytes(inMegabytes(loaded.bytes), inMegabytes(loaded.of));
  }
  if (phase === "working") return words().working(inWhole(total), inWhole(goal ?? total));
  if (phase === "running") return words().running(e, es, s, ss);
  if (phase === "done") return ended === "epochs" ? words().done(e) : words().stopped(e);
  return total === 0 ? words().ready : words().paused(e, es, s, ss);
}

/** One sentence when the training stands still: where, and how good. */
export function summaryOf(view: View): string {
  const { epochsDone, task } = view;
  const { loss } = standingOf(view);
  const test = epochsDone.at(-1)?.testAccuracy;
  if (loss === undefined) return whereLine(view);
  if (task === "numbers") return `${whereLine(view)} ${words().summaryLoss(inDigits(loss))}`;
  return `${whereLine(view)} ${words().summary(inDigits(loss), test === undefined ? words().none : inPercent(test))}`;
}

/** At the end of an epoch what its row of the table says: of full batches that is measured after the step. */
export function standingOf(view: View): Pick<View, "loss" | "accuracy"> {
  const last = view.epochsDone.at(-1);
  return last !== undefined && view.step === view.steps && last.epoch === view.epoch ? last : view;
}

/** How much of the training is done, from 0 to 1. */
export function shareDone({ total, epochs, steps, goal, phase }: View): number {
  if (phase === "working" && goal !== undefined && goal > 0) return Math.min(1, total / goal);
  return steps * epochs > 0 ? total / (steps * epochs) : 0;
}

/** A network that knows its images and not the others; undefined where there is nothing of the kind. */
export function byHeart({ epochsDone }: View): string | undefined {
  const last = epochsDone.at(-1);
  if (last === undefined || last.accuracy - last.testAccuracy < BY_HEART) return undefined;
  if (trendOf(epochsDone.map(({ testLoss }) => testLoss))?.helps !== false) return undefined;
  return words().byHeartFound(inPercent(last.accuracy, 1), inPercent(last.testAccuracy, 1));
}

/** The curves of loss and of accuracy. */
export function seriesOf({ view, curve }: Session): { readonly loss: Series[]; readonly accuracy: Series[] } {
  const { epochsDone } = view;
  const perEpoch = Math.max(1, view.steps);
  const x = Array.from(curve?.steps ?? [], (step) => step / perEpoch);
  const epochs = epochsDone.map(({ epoch }) => epoch);
  const hasValidation = epochsDone.some(({ validationLoss }) => validationLoss !== undefined);
  const of = (
    training: ArrayLike<number>,
    test: "testLoss" | "testAccuracy",
    validation: "validationLoss" | "validationAccuracy",
  ): Series[] => [
    { label: words().ofTraining, x, y: training, tone: "amount", hasPoints: false },
    {
      ...({ label: words().ofTest, x: epochs, tone: "text", hasPoints: true } as const),
      y: epochsDone.map((point) => point[test]),
    },
    ...(hasValidation
      ? [
          {
            ...({ label: words().ofValidation, x: epochs, tone: "quiet", hasPoints: true } as const),
            y: epochsDone.map((point) => point[validation] ?? 0),
          },
        ]
      : []),
  ];
  return {
    loss: of(curve?.loss ?? [], "testLoss", "validationLoss"),
    accuracy: of(curve?.accuracy ?? [], "testAccuracy", "validationAccuracy"),
  };
}
