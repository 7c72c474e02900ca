/**
 * The test, once, at the end: the best settings are trained again and measured on examples that no trial has seen. What
 * was found is kept in tested.json, so that the same question is not asked of the test examples twice.
 */
import { join } from "node:path";
import { BugError, evaluate, train } from "inkling";
import { save } from "inkling/node";
import { buildTrainOptions } from "inkling/presets";
import { ProgressBar } from "../progress.ts";
import { loadJson, saveJson } from "../saved-json.ts";
import { buildFor, recordFor } from "../training/building.ts";
import { isTaken } from "../training/saving.ts";
import { type Measured, measuredFrom, type TrialResult } from "./results.ts";
import type { TrialContext } from "./trial.ts";

/** A test that was made. */
export interface Tested {
  readonly trial: number;
  readonly epochs: number;
  readonly measured: Measured;
  readonly weightsSha256: string;
  readonly modelFile: string;
}

interface Tests {
  readonly tests: readonly Tested[];
}

type TestContext = TrialContext & { readonly out: string };

/** All tests of this search, the best trial's last; those that were made before are not made again. */
export async function testBest(best: TrialResult, context: TestContext): Promise<readonly Tested[]> {
  const { trial, epochs } = best;
  const path = join(context.out, "tested.json");
  const before = (await isTaken(path)) ? (await loadTests(path)).tests : [];
  const known = before.find((one) => one.trial === trial && one.epochs === epochs);
  const others = before.filter((one) => one !== known);
  const tests = [...others, known ?? (await tested(best, context))];
  await saveJson(path, { tests });
  return tests;
}

function loadTests(path: string): Promise<Tests> {
  const isTests = ({ tests }: Partial<Tests>) => {
    return Array.isArray(tests) && tests.every((one) => typeof one?.trial === "number" && one.measured !== undefined);
  };
  return loadJson<Tests>(path, "the tests of a search", isTests, "Delete the file; the best is then tested again.");
}

async function tested(best: TrialResult, { plan, backend, out, signal, live }: TestContext): Promise<Tested> {
  const { sets } = plan;
  const { train: training, validation, test } = sets;
  if (test === undefined) throw new BugError("a search without test examples was to test its best.");
  const configuration = plan.fittedTo(training, best, best.epochs);
  const { epochs, batchSize, seed } = configuration;
  const model = buildFor(sets, configuration, backend);
  const bar = await ProgressBar.of(epochs, live);
  try {
    const run = train(model, training, {
      ...{ epochs, batchSize, seed, signal, every: live && process.stderr.isTTY ? "step" : "epoch" },
      ...{ ...buildTrainOptions(configuration), record: recordFor(configuration, sets, backend) },
      ...(validation && { validation }),
    });
    for await (const progress of run) bar.update(progress);
    bar.end();
    const measured = measuredFrom(await evaluate(model, test, { signal }));
    const modelFile = join(out, "best.safetensors");
    const named = Object.entries(measured).map(([name, value]) => [
      `test${name[0]?.toUpperCase()}${name.slice(1)}`,
      value,
    ]);
    await save(model, modelFile, { metrics: Object.fromEntries(named) });
    return { trial: best.trial, epochs, measured, weightsSha256: await model.weightsSha256(), modelFile };
  } finally {
    bar.end();
    model.close();
  }
}
