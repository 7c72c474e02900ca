/** What a training prints: its plan before, a line an epoch, its results after. */
import type { Evaluation, Network } from "inkling";
import type { NamedConfiguration } from "../configuring.ts";
import { duration, percent, type Terminal } from "./terminal.ts";

/** One epoch in the history. */
export interface EpochRecord {
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  /** Seconds of training since its start. */
  readonly seconds: number;
}

/** The effective configuration in one line, as options that would give it again. */
export function configurationLine(configuration: NamedConfiguration): string {
  const { preset, layers, activation, loss, optimizer, learningRate, momentum, nesterov, weightDecay } = configuration;
  const { beta1, beta2, schedule, batchSize, epochs, init, seed, validation, examples } = configuration;
  const words = [
    `--preset ${preset}`,
    `--layers ${layers.join(",") || "none"}`,
    `--activation ${activation}`,
    `--loss ${loss}`,
    `--optimizer ${optimizer}`,
    `--learning-rate ${learningRate}`,
    ...(schedule === "constant" ? [] : [`--schedule ${schedule}`]),
    ...(optimizer.startsWith("adam") ? [`--beta1 ${beta1}`, `--beta2 ${beta2}`] : []),
    ...(optimizer === "momentum" ? [`--momentum ${momentum}`, ...(nesterov ? ["--nesterov"] : [])] : []),
    ...(weightDecay > 0 ? [`--weight-decay ${weightDecay}`] : []),
    `--batch-size ${batchSize}`,
    `--epochs ${epochs}`,
    `--init ${init}`,
    `--seed ${seed}`,
    ...(validation > 0 ? [`--validation ${validation}`] : []),
    ...(examples === "all" ? [] : [`--examples ${examples}`]),
  ];
  return words.join(" ");
}

/** Words broken into lines of the terminal's width, each with an indent. */
export function wrap(text: string, width: number, indent = "  "): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.length + word.length + 1 > width && line !== indent) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** The network, before it is trained. */
export function networkLines(model: Network, terminal: Terminal): string[] {
  return [
    terminal.style("bold", "Network"),
    ...model
      .summary()
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

/** One epoch in one line. */
export function epochLine(record: EpochRecord, epochs: number, terminal: Terminal): string {
  const { epoch, loss, accuracy, validationAccuracy, seconds } = record;
  const number = String(epoch).padStart(String(epochs).length);
  const validation = validationAccuracy === undefined ? "" : `   validation ${percent(validationAccuracy)}`;
  return `  epoch ${number}   loss ${loss.toFixed(4)}   accuracy ${percent(accuracy)}${validation}   ${terminal.style("dim", duration(seconds))}`;
}

/** The loss of every epoch as one line of rising bars, for a glance. */
export function lossCurve(history: readonly EpochRecord[], terminal: Terminal): string[] {
  if (history.length < 3) return [];
  const bars = "▁▂▃▄▅▆▇█";
  const width = Math.min(60, terminal.width - 30, history.length);
  if (width < 3) return [];
  const sampled = Array.from(
    { length: width },
    (_, i) => history[Math.round((i / (width - 1)) * (history.length - 1))],
  );
  const values = sampled.map((record) => record?.loss ?? Number.NaN);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const curve = values.map((value) => bars[Math.round(((value - least) / (most - least || 1)) * 7)]).join("");
  const [first, last] = [history[0], history.at(-1)];
  return [`  loss ${first?.loss.toFixed(3)} ${terminal.style("cyan", curve)} ${last?.loss.toFixed(3)}`];
}

/** What was reached, in the lines that one looks for first. */
export function resultLines(
  train: Evaluation,
  test: Evaluation | undefined,
  seconds: number,
  terminal: Terminal,
): string[] {
  const losses = [`train ${train.loss.toFixed(4)}`, ...(test ? [`test ${test.loss.toFixed(4)}`] : [])].join(", ");
  return [
    `Train accuracy ${percent(train.accuracy)}`,
    ...(test ? [terminal.style(["bold", "green"], `Test accuracy ${percent(test.accuracy)}`)] : []),
    `Loss ${losses}`,
    `Trained in ${duration(seconds)}`,
  ];
}
