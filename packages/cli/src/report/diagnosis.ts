/** What the doctor says of a training: a sentence where something is ill, and with --diagnose all that it measured. */
import type { Checkup, Finding, LayerHealth } from "inkling/proofs";
import { printable } from "../printable.ts";
import { percent, short, type Terminal, wrap } from "./terminal.ts";

/** An illness, in its sentence, which may name a class or a layer as a file calls it. */
export function findingLines({ sentence }: Finding, terminal: Terminal): string[] {
  return wrap(`Doctor: ${printable(sentence)}`, terminal.width, "").map((line) => terminal.style("yellow", line));
}

/** Of many epochs so many are shown. */
const EPOCHS = 12;

/** All that was measured, a line a layer and epoch; in a narrow window as a list. */
export function diagnosisLines(
  checkups: readonly Checkup[],
  findings: readonly Finding[],
  terminal: Terminal,
): string[] {
  const step = Math.ceil(checkups.length / EPOCHS);
  const shown = checkups.filter((_, i) => i % step === 0 || i === checkups.length - 1);
  const rows = shown.flatMap(({ epoch, loss, layers }) =>
    layers.map((layer, i) => [i === 0 ? String(epoch) : "", i === 0 ? short(loss, 3) : "", ...cellsOf(layer)]),
  );
  const titles = ["epoch", "loss", "layer", "dead", "slope", "gradient", "change"];
  const widths = titles.map((title, j) => Math.max(title.length, ...rows.map((row) => row[j]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, j) => (j === 2 ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0))).join("  ")}`;
  const verdict =
    findings.length === 0 ? "nothing is ill" : `ill: ${findings.map(({ illness }) => illness).join(", ")}`;
  const legend =
    "dead: neurons that are 0 for every example. slope: the mean of σ′(z), of its largest. gradient: √(mean of (∂C/∂b)²) " +
    "in the last step. change: ‖W after − W before‖ / ‖W‖ of the epoch. On 256 training examples.";
  return [
    `Diagnosis: ${verdict}`,
    ...(terminal.isNarrow
      ? rows.map((row) => `  ${row.filter(Boolean).join(" ")}`)
      : [line(titles), ...rows.map(line)]),
    ...wrap(legend, terminal.width).map((text) => terminal.style("dim", text)),
  ];
}

function cellsOf({ layer, dead, slope, gradient, change }: LayerHealth): string[] {
  const share = (value: number | undefined) => (value === undefined ? "" : percent(value, 1));
  return [
    layer,
    share(dead),
    share(slope),
    gradient === 0 ? "" : short(gradient, 3),
    change === 0 ? "" : share(change),
  ];
}
