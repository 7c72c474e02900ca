/** `inkling reproduce`: runs the experiments of the original program and of the book again, and compares. */
import { join } from "node:path";
import { Command } from "commander";
import { ArgumentError } from "inkling";
import { mnist } from "inkling/node";
import { type ExperimentRun, experiments, experimentsNamed, runExperiment } from "inkling/presets";
import { onInterrupt } from "../interrupt.ts";
import { addCommonOptions, backendFrom, type CommonOptions, wholeNumber } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { duration } from "../report/terminal.ts";
import { meanText, numberText, outcomesOf, ruleText } from "../reproduce/comparing.ts";
import { expectedSeconds, type Planned, plannedRuns } from "../reproduce/plan.ts";
import { writeReport } from "../reproduce/report.ts";
import { loadRuns, RUNS, saveRun } from "../reproduce/runs.ts";
import { makeDirectory, secondsOf, shardOf } from "../saved-json.ts";

interface ReproduceOptions extends CommonOptions {
  readonly seeds?: string;
  readonly budget?: string;
  readonly shard?: string;
  readonly out: string;
  readonly list?: true;
}

export function reproduceCommand(): Command {
  const command = new Command("reproduce")
    .description("Run the experiments of the original program and of Nielsen's book again, and compare the numbers.")
    .argument("[ids...]", "original, 1a, 3k, 5 …, or all; --list shows them")
    .option("--list", "show all experiments, and how long one run takes")
    .option("--seeds <n>", "runs of each experiment; if absent 5, and 50 of the original's")
    .option("--budget <minutes>", "begin no run that would end later; the cheapest experiments come first")
    .option("--shard <k/n>", "do every n-th run only, from the k-th on: for several machines")
    .option(
      "--out <directory>",
      "where the runs and the report are; runs that are there are not done again",
      "reproduced",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  inkling reproduce 1a --seeds 3\n  inkling reproduce all --budget 60\n  inkling reproduce all --shard 2/8",
    );
  return addCommonOptions(command).action((ids: string[], options: ReproduceOptions) => run(ids, options));
}

async function run(ids: readonly string[], options: ReproduceOptions): Promise<void> {
  if (options.list) return list(options);
  if (ids.length === 0) throw new ArgumentError("reproduce", "experiments, or all", "none", "--list shows them.");
  const chosen = [...new Set(ids.flatMap((id) => experimentsNamed(id, "reproduce")))];
  const seeds = options.seeds === undefined ? undefined : wholeNumber("--seeds", options.seeds, 1);
  const shard = shardOf(options.shard);
  const seconds = secondsOf("--budget", options.budget);
  const { backend, reason } = await backendFrom(options);
  const say = (line: string) => {
    if (!options.quiet && !options.json) console.log(line);
  };
  await makeDirectory(options.out, RUNS);
  const pair = mnist();
  const planned = plannedRuns(chosen, await loadRuns(options.out, chosen), seeds, shard);
  say(`${chosen.length} experiments, ${planned.length} runs to do, on ${reason}`);

  const interruption = new AbortController();
  onInterrupt(() => interruption.abort());
  const known = new Map(await loadRuns(options.out, experiments));
  const isWhole = await work(planned, known, seconds, interruption.signal, async ({ experiment, seed }) => {
    const started = performance.now();
    const result = await runExperiment(experiment, seed, await pair, { backend, signal: interruption.signal });
    await saveRun(options.out, result);
    known.set(experiment.id, [...(known.get(experiment.id) ?? []), result]);
    const last = result.epochs.at(-1);
    const reached =
      last === undefined ? "diverged" : `${numberText(last.test.accuracy, "accuracy")} of the test images`;
    say(`  ${experiment.id.padEnd(16)} seed ${seed}: ${reached}, ${duration((performance.now() - started) / 1000)}`);
  });
  onInterrupt();

  const done = await loadRuns(options.out, chosen);
  const outcomes = outcomesOf(chosen, done);
  const command = ["inkling reproduce", ...ids, ...(seeds === undefined ? [] : [`--seeds ${seeds}`])].join(" ");
  await writeReport(options.out, outcomes, {
    ...{ command, backend: reason },
    expected: (experiment) => expectedSeconds(experiment, done, experiments),
  });
  if (options.json) {
    const rows = outcomes.map(({ experiment, runs, comparisons }) => ({
      ...experiment,
      runs: runs.length,
      comparisons,
    }));
    printJson({ experiments: rows, report: join(options.out, "report.md"), isWhole });
  } else {
    for (const { experiment, comparisons } of outcomes) {
      for (const comparison of comparisons) {
        const { value, what } = comparison.reported;
        const verdict = comparison.agrees ? "agrees" : "differs";
        const source = `the source ${numberText(value, what)} (${ruleText(comparison)})`;
        say(`${experiment.id.padEnd(18)} ${meanText(comparison).padEnd(16)} ${source}: ${verdict}`);
      }
    }
    console.log(`Report in ${printable(join(options.out, "report.md"))} and report.html`);
  }
  if (interruption.signal.aborted) process.exit(130);
}

/** Does runs as long as the time allows; `known`: all runs that were done. Returns whether all were done. */
async function work(
  planned: readonly Planned[],
  known: ReadonlyMap<string, readonly ExperimentRun[]>,
  seconds: number,
  signal: AbortSignal,
  one: (run: Planned) => Promise<void>,
): Promise<boolean> {
  const started = performance.now();
  for (const run of planned) {
    const expected = expectedSeconds(run.experiment, known, experiments);
    if ((performance.now() - started) / 1000 + expected > seconds) return false;
    try {
      await one(run);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (signal.aborted) return false;
  }
  return true;
}

function list({ json }: ReproduceOptions): void {
  const rows = experiments.map((experiment) => ({
    ...experiment,
    seconds: expectedSeconds(experiment, new Map(), []),
  }));
  if (json) {
    printJson({ experiments: rows });
    return;
  }
  for (const { id, about, seconds } of rows) console.log(`${id.padEnd(18)} ${about} (${duration(seconds)})`);
}
