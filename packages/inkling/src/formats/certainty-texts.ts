/**
 * How sure a model may be, as texts of its file. Both are optional, and readers that do not know them pass over them:
 *
 *   inkling.calibration   { temperature, data: { name, examples, sha256 }, expectedCalibrationError: { raw, calibrated } }
 *   inkling.familiarity   { height, width, threshold, falseAlarms, examples: { bases, threshold },
 *                           directions: how many each class has, bases: all of them, as base64 of signed bytes }
 */
import { ModelFileError } from "../errors.ts";
import { hasTemperature } from "../evaluation/calibration.ts";
import type { Ensemble } from "../evaluation/ensemble.ts";
import { MOST_NUMBERS } from "../evaluation/familiarity.ts";
import { type Calibration, type Familiarity, setCalibration, setFamiliarity } from "../network/certainty.ts";
import type { Network } from "../network/network.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { brief } from "./safetensors.ts";
import { isCount, isDataRecord, isObject, parsed } from "./texts.ts";

const CALIBRATION = "inkling.calibration";
const FAMILIARITY = "inkling.familiarity";

type Texts = Readonly<Record<string, string>>;

/** The texts of what is known of a model; none of what is not. An ensemble has its calibration alone. */
export function certaintyTexts(model: Network | Ensemble, isEnsemble = false): Texts {
  const { calibration, familiarity } = model;
  return {
    ...(calibration && { [CALIBRATION]: JSON.stringify(calibration) }),
    ...(familiarity && !isEnsemble && { [FAMILIARITY]: familiarityText(familiarity) }),
  };
}

function familiarityText({ bases, height, width, threshold, falseAlarms, examples }: Familiarity): string {
  const cells = height * width;
  const all = new Int8Array(bases.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const basis of bases) {
    all.set(basis, at);
    at += basis.length;
  }
  return JSON.stringify({
    ...{ height, width, threshold, falseAlarms, examples },
    directions: bases.map(({ length }) => length / cells),
    bases: toBase64(new Uint8Array(all.buffer)),
  });
}

/** Gives a model that was read what its file knows of it. Throws a ModelFileError for texts that cannot be its own. */
export function readCertainty(model: Network | Ensemble, metadata: Texts, where: string): void {
  const calibration = metadata[CALIBRATION];
  if (calibration !== undefined) setCalibration(model, readCalibration(calibration, model, where));
  const familiarity = metadata[FAMILIARITY];
  if (familiarity !== undefined) setFamiliarity(model, readFamiliarity(familiarity, model, where));
}

function readCalibration(json: string, model: Network | Ensemble, where: string): Calibration {
  const found = (parsed(json) ?? {}) as Partial<Calibration>;
  const { temperature, data, expectedCalibrationError: error } = found;
  if (isAbove(temperature, 0) && isDataRecord(data) && isObject(error) && hasTemperature(model)) {
    const { raw, calibrated } = error as Partial<Calibration["expectedCalibrationError"]>;
    if (isShare(raw) && isShare(calibrated) && Number.isFinite(Math.fround(1 / temperature))) {
      return { temperature, data, expectedCalibrationError: { raw, calibrated } };
    }
  }
  const expected = `${CALIBRATION} with a temperature above 0, data and errors, for a loss on logits`;
  throw new ModelFileError(where, expected, brief(json), "Nothing was loaded.");
}

function readFamiliarity(json: string, model: Network | Ensemble, where: string): Familiarity {
  const found = (parsed(json) ?? {}) as Record<string, unknown>;
  const { height, width, threshold, falseAlarms, examples } = found;
  const [rows = 0, columns = 0, channels] = model.inputShape;
  const { bases: made, threshold: others } = (isObject(examples) ? examples : {}) as Record<string, unknown>;
  const isOfPictures = channels !== undefined && isCell(height, rows) && isCell(width, columns);
  if (isOfPictures && isShare(threshold) && isShare(falseAlarms) && isCount(made) && isCount(others)) {
    const bases = readBases(found, height * width, model.outputs);
    const counts = { bases: made, threshold: others };
    if (bases !== undefined) return { height, width, bases, threshold, falseAlarms, examples: counts };
  }
  const expected = `${FAMILIARITY} with bases of at most ${rows} × ${columns} cells for ${model.outputs} classes`;
  throw new ModelFileError(where, expected, brief(json), "Nothing was loaded.");
}

/** Each class's basis out of the text that holds all of them; undefined where they do not fit. */
function readBases(
  { directions, bases: text }: Record<string, unknown>,
  cells: number,
  classes: number,
): Int8Array[] | undefined {
  if (!Array.isArray(directions) || directions.length !== classes || typeof text !== "string") return undefined;
  if (!directions.every((d) => isCount(d) && d <= cells) || text.length > 2 * MOST_NUMBERS) return undefined;
  const bytes = fromBase64(text);
  const all = directions.reduce((sum: number, d: number) => sum + d, 0) * cells;
  if (bytes?.length !== all || all > MOST_NUMBERS) return undefined;
  let at = 0;
  return directions.map((d: number) => {
    const basis = Int8Array.from(bytes.subarray(at, at + d * cells), (byte) => (byte << 24) >> 24);
    at += d * cells;
    return basis;
  });
}

/** Whether a number of cells along a side is one that so many pixels can have. */
function isCell(value: unknown, pixels: number): value is number {
  return isCount(value) && value >= 1 && value <= pixels;
}

function isAbove(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > least;
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}
