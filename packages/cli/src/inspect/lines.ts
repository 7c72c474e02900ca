/** What `inspect` prints. */
import { fieldNames, fields } from "inkling/presets";
import { printable } from "../printable.ts";
import { count, cut, duration, percent, short, type Terminal, titled, wrap } from "../report/terminal.ts";
import type {
  CheckpointInspection,
  EnsembleInspection,
  Inspection,
  ModelInspection,
  NetworkInspection,
  TensorsInspection,
} from "./inspection.ts";
import type { TensorStatistics } from "./statistics.ts";

/** Names, columns and tensors that are listed at most. */
const [MOST_NAMES, MOST_COLUMNS, MOST_TENSORS] = [30, 12, 100];

export function inspectionLines(found: Inspection, terminal: Terminal): string[] {
  const heading = (what: string) => wrap(`${found.file}: ${what}, ${sizeText(found.bytes)}`, terminal.width, "");
  switch (found.kind) {
    case "model":
      return [...heading(`a model of Inkling, format ${found.format}`), "", ...modelLines(found, terminal)];
    case "ensemble":
      return [...heading(`an ensemble of ${found.members.length} networks`), "", ...ensembleLines(found, terminal)];
    case "checkpoint":
      return [...heading("a checkpoint of a training"), "", ...checkpointLines(found, terminal)];
    case "tensors":
      return [...heading("a safetensors file from elsewhere"), "", ...foreignLines(found, terminal)];
  }
}

/** 408000 bytes as "408.0 kB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function modelLines(found: ModelInspection, terminal: Terminal): string[] {
  const notes = Object.entries(found.notes).flatMap(([name, value]) => {
    return titled(capital(name), cut(JSON.stringify(value) ?? "", 300), terminal);
  });
  return [
    ...networkLines(found, terminal),
    ...trainingLines(found, terminal),
    ...certaintyLines(found, terminal),
    ...notes,
    ...weightsLines(found, terminal),
    "",
    ...tensorLines(found.tensors, terminal),
  ];
}

/** The digest, and whether the file is as it was written, where it can tell. */
function weightsLines(found: ModelInspection | EnsembleInspection, terminal: Terminal): string[] {
  const { weightsSha256, isIntact } = found;
  const digest = titled("Weights", `SHA-256 ${weightsSha256}`, terminal);
  if (isIntact === null) return digest;
  const text = isIntact
    ? "as it was written"
    : "changed since it was written: its weights or texts are not the old ones";
  return [...digest, ...titled("The file", text, terminal)];
}

function ensembleLines(found: EnsembleInspection, terminal: Terminal): string[] {
  const { members, combine, calibration } = found;
  const [first] = members;
  const each = members.flatMap((member, k) => {
    const metrics = metricsText(member.training?.metrics ?? {});
    const text = [`seed ${member.seed}`, metrics, `SHA-256 ${member.weightsSha256.slice(0, 16)}…`].filter(Boolean);
    return titled(`Network ${k + 1}`, text.join(", "), terminal);
  });
  return [
    ...titled("Combined", combine === "vote" ? "by vote" : "by the mean of what they say", terminal),
    ...(first === undefined ? [] : [...networkLines(first, terminal), ...trainingLines(first, terminal)]),
    ...certaintyLines({ calibration, familiarity: null }, terminal),
    ...each,
    ...weightsLines(found, terminal),
    "",
    ...(first === undefined ? [] : tensorLines(first.tensors, terminal, "Tensors of the first network")),
  ];
}

function checkpointLines(found: CheckpointInspection, terminal: Terminal): string[] {
  const { position, options, data, version, damaged } = found;
  const at = (name: string) => position[`training.${name}`] ?? 0;
  const { optimizer, schedule, stopping, averaging } = options;
  const settings = Object.entries(optimizer.settings).map(([name, value]) => `${name} ${value}`);
  const begun = [
    `epoch ${count(at("epoch"))} of ${count(options.epochs)}`,
    `${count(at("step"))} ${at("step") === 1 ? "step" : "steps"} of it done (${count(at("t"))} in all)`,
    `after ${duration(at("seconds"))} of training`,
  ];
  const how = [
    `${optimizer.name} (${settings.join(", ")})`,
    `schedule ${schedule.name}`,
    `batches of ${options.batchSize}`,
    `seed ${options.seed}`,
    ...(stopping ? ["early stopping"] : []),
    ...(averaging ? ["averages of the weights"] : []),
  ];
  return [
    ...damaged.flatMap((sentence) => wrap(printable(sentence), terminal.width, "")),
    ...titled("Stands at", begun.join(", "), terminal),
    ...titled("Goes on", how.join(", "), terminal),
    ...titled("Data", `${data.name}, ${count(data.examples)} examples, SHA-256 ${data.sha256 ?? "unknown"}`, terminal),
    ...titled("Written", `by Inkling ${version}`, terminal),
    ...networkLines(found, terminal),
    ...titled("Weights", `SHA-256 ${found.weightsSha256}`, terminal),
    "",
    ...tensorLines(found.tensors, terminal),
  ];
}

function foreignLines({ metadata, tensors }: TensorsInspection, terminal: Terminal): string[] {
  const notes = Object.entries(metadata).map(([name, text]) => `${name}: ${cut(text, 200)}`);
  const lacks =
    "To be a model it lacks its layers, its input and its loss, which no tensor says. inkling import can make one of it.";
  return [
    ...(notes.length === 0 ? [] : titled("Metadata", printable(notes.join("; ")), terminal)),
    ...wrap(lacks, terminal.width, ""),
    "",
    ...tensorLines(tensors, terminal),
  ];
}

/** Layers, input, output and loss. */
function networkLines({ network, summary, input, output, loss }: NetworkInspection, terminal: Terminal): string[] {
  const { type, ...settings } = loss as { readonly type: string } & Record<string, unknown>;
  const withSettings = Object.entries(settings).map(([name, value]) => `, ${name} ${JSON.stringify(value)}`);
  const table = summary.split("\n").map((line) => `  ${printable(line)}`);
  const fits = table.every((line) => line.length <= terminal.width);
  return [
    ...titled("Network", network, terminal),
    ...(fits ? table : []),
    ...titled("Input", inputText(input), terminal),
    ...columnLines(input, terminal),
    ...titled("Output", outputText(output), terminal),
    ...titled("Loss", type + withSettings.join(""), terminal),
  ];
}

function inputText({ shape, scaling, columnNames }: NetworkInspection["input"]): string {
  const isImage = shape.length === 3;
  const what = isImage ? `images of ${shape.join(" × ")}` : `${count(shape[0] ?? 0)} numbers`;
  const names = isImage || columnNames === null ? "" : `: ${listed(columnNames)}`;
  const how =
    typeof scaling === "string"
      ? "each byte p enters as p / 255"
      : "each number x enters as (x − mean) / deviation of its column";
  return `${what}${names}; ${how}`;
}

/** The scaling of a few columns. */
function columnLines({ scaling, columnNames }: NetworkInspection["input"], terminal: Terminal): string[] {
  if (scaling === null || typeof scaling === "string" || scaling.means.length > MOST_COLUMNS) return [];
  return scaling.means.flatMap((mean, j) => {
    const name = columnNames?.[j] ?? `column ${j}`;
    return wrap(
      `${printable(name)}: mean ${short(mean)}, deviation ${short(scaling.deviations[j] ?? 0)}`,
      terminal.width,
    );
  });
}

function outputText({ task, outputs, classNames, targetNames }: NetworkInspection["output"]): string {
  if (task === "classes") return `${count(outputs)} classes${classNames === null ? "" : `: ${listed(classNames)}`}`;
  return `${outputs === 1 ? "a number" : `${count(outputs)} numbers`}${targetNames === null ? "" : `: ${listed(targetNames)}`}`;
}

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${count(names.length - MOST_NAMES)} more` : "";
  return names.slice(0, MOST_NAMES).map(printable).join(", ") + more;
}

/** How it was trained. */
function trainingLines({ training }: NetworkInspection, terminal: Terminal): string[] {
  if (training === null) return titled("Training", "none is recorded", terminal);
  const { version, seed, epochs, position, data, validation, configuration, metrics } = training;
  const on = `${data.name} (${count(data.examples)} examples)`;
  const watched = validation === undefined ? "" : `, watched on ${count(validation.examples)} others`;
  // A model that was saved where its training was interrupted.
  const inside = position ? ` and ${count(position.step)} of ${count(position.steps)} steps` : "";
  const all = `${count(epochs)} ${epochs === 1 ? "epoch" : "epochs"}${inside} on ${on}${watched}, seed ${seed}, by Inkling ${version}`;
  return [
    ...titled("Training", printable(all), terminal),
    ...titled("Options", printable(optionsText(configuration)), terminal),
    ...titled("Data", `SHA-256 ${data.sha256 ?? "unknown"}`, terminal),
    ...(Object.keys(metrics).length === 0 ? [] : titled("Results", metricsText(metrics), terminal)),
  ];
}

/** How sure it may be. */
function certaintyLines(
  { calibration, familiarity }: Pick<NetworkInspection, "calibration" | "familiarity">,
  terminal: Terminal,
): string[] {
  const lines: string[] = [];
  if (calibration) {
    const { temperature, data, expectedCalibrationError: error } = calibration;
    const on = `measured on ${count(data.examples)} examples of ${printable(data.name)}`;
    const by = `expected calibration error ${percent(error.raw)} without it, ${percent(error.calibrated)} with it`;
    lines.push(...titled("Certainty", `temperature ${short(temperature)}, ${on}: ${by}`, terminal));
  }
  if (familiarity) {
    const { examples, threshold, falseAlarms } = familiarity;
    const text = `more than ${percent(threshold, 1)} left over is called unfamiliar, as are ${percent(falseAlarms, 1)} of examples like`;
    lines.push(...titled("Familiar", `${text} those of the training (${count(examples.bases)} of them)`, terminal));
  }
  return lines;
}

/** The options that differ from the usual ones. */
export function optionsText(configuration: Readonly<Record<string, unknown>>): string {
  const said = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const usual = (name: string) => {
    const field = fieldNames.find((known) => known === name);
    return field === undefined ? undefined : String(fields[field].usual);
  };
  const different = Object.entries(configuration).filter(([name, value]) => usual(name) !== String(value));
  return different.map(([name, value]) => `${name} ${cut(said(value) ?? "", 200)}`).join(", ") || "the usual ones";
}

/** Results by their names, shares in %. */
export function metricsText(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${printable(name)} ${metricText(name, value)}`)
    .join(", ");
}

/** A result by its name: an accuracy in %, a loss as it is. */
export function metricText(name: string, value: number): string {
  return /accuracy$|Top\d+$/i.test(name) ? percent(value) : short(value);
}

/** All tensors, a line each; in a narrow window as a list. */
function tensorLines(all: readonly TensorStatistics[], terminal: Terminal, title = "Tensors"): string[] {
  const tensors = all.slice(0, MOST_TENSORS);
  const more = all.length > tensors.length ? [`  and ${count(all.length - tensors.length)} more (--json has all)`] : [];
  const number = (value: number | null) => (value === null ? "–" : short(value, 3));
  const rows = tensors.map(({ name, shape, min, mean, deviation, max, zeros, notFinite }) => [
    printable(name),
    shape.length === 0 ? "one number" : shape.join(" × "),
    ...[min, mean, deviation, max].map(number),
    percent(zeros, 1),
    ...(notFinite > 0 ? [`${count(notFinite)} not finite`] : []),
  ]);
  const titles = ["name", "shape", "min", "mean", "deviation", "max", "zeros"];
  const widths = titles.map((word, j) => Math.max(word.length, ...rows.map((row) => row[j]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, j) => (j < 1 ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0))).join("  ")}`;
  const heading = terminal.style("bold", title);
  const table = [line(titles), ...rows.map(line)];
  if (!terminal.isNarrow && table.every(({ length }) => length <= terminal.width)) return [heading, ...table, ...more];
  const list = rows.flatMap(([name, shape, ...numbers]) => {
    const text = numbers.map((value, j) => (titles[j + 2] === undefined ? value : `${titles[j + 2]} ${value}`));
    return wrap(`${name}: ${shape}, ${text.join(", ")}`, terminal.width);
  });
  return [heading, ...list, ...more];
}

function capital(name: string): string {
  return printable(name.charAt(0).toUpperCase() + name.slice(1));
}
