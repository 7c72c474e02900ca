/** The texts of a model file: JSON that may hold anything, and the record of a training. */
import { checkTableColumns, inputNames, type TableColumn } from "../data/columns.ts";
import { ArgumentError, InklingError, ModelFileError } from "../errors.ts";
import type { DataRecord, TrainingRecord } from "../network/record.ts";
import { brief } from "./safetensors.ts";

/** How it was trained, if the record is one; what a report shows of it has its kind. */
export function readRecord(json: string | undefined, where: string): TrainingRecord | undefined {
  if (json === undefined) return undefined;
  const record = parsed(json) as Partial<TrainingRecord> | undefined;
  const isSound =
    isCount(record?.seed) &&
    isCount(record?.epochs) &&
    typeof record?.version === "string" &&
    isDataRecord(record.data) &&
    (record.validation === undefined || isDataRecord(record.validation)) &&
    isObject(record.configuration) &&
    isObject(record.metrics) &&
    (record.position === undefined || isPosition(record.position)) &&
    Object.values(record.metrics).every(Number.isFinite);
  if (isSound) return record as TrainingRecord;
  const expected = "a training record (version, seed, epochs, data, configuration, metrics)";
  throw new ModelFileError(where, expected, brief(json), "Nothing was loaded.");
}

function isPosition({ epoch, step, steps }: Partial<NonNullable<TrainingRecord["position"]>>): boolean {
  return isCount(epoch) && isCount(step) && isCount(steps);
}

/** Whether it identifies a data set. */
export function isDataRecord(data: unknown): data is DataRecord {
  const { name, examples, sha256 } = (data ?? {}) as Partial<DataRecord>;
  return typeof name === "string" && isCount(examples) && (sha256 === null || typeof sha256 === "string");
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a whole number from 0 up. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The object that a text holds; undefined for anything else. */
export function parsed(json: string): object | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Turns what a network's own checks refuse into a ModelFileError: here it is not the caller's argument. */
export function blamingTheFile<T>(where: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    const { where: part, expected, got, advice } = error;
    const said = `${advice}${advice === "" ? "" : " "}Nothing was loaded.`;
    throw new ModelFileError(`${where}, ${part}`, expected, brief(got) || "nothing", said);
  }
}

/** The columns of a table's file, if they are said and make the inputs. Throws an ArgumentError otherwise. */
export function readTableColumns({
  tableColumns,
  columnNames,
}: {
  readonly tableColumns?: readonly TableColumn[];
  readonly columnNames?: readonly string[];
}): readonly TableColumn[] | undefined {
  if (tableColumns === undefined) return undefined;
  checkTableColumns("network", tableColumns, true);
  const names = tableColumns.flatMap(inputNames);
  if (JSON.stringify(names) === JSON.stringify(columnNames)) return tableColumns;
  throw new ArgumentError("network", "tableColumns that make the inputs", `${names.length} others`);
}
