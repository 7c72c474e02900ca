/** `inkling reproduce`: runs the experiments of the original program and of the book again, and compares. */
import { writeSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { mnist } from "inkling/node";
import {
  type Experiment,
  type ExperimentRun,
  experiments,
  experimentsNamed,
  probeSeconds,
  runExperiment,
} from "inkling/presets";
import { interruptedCode, onInterrupt } from "../interrupt.ts";
import { isFirstOf } from "../machines/launched.ts";
import { Machines } from "../machines/machines.ts";
import { handOut, serveRuns } from "../machines/runs.ts";
import { addCommonOptions, backendFrom, type CommonOptions, wholeNumber } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { counted } from "../report/explanation-page.ts";
import { duration } from "../report/terminal.ts";
import { meanText, numberText, type Outcome, outcomesOf, ruleText, withVotes } from "../reproduce/comparing.ts";
import { cheapestFirst, expectedSeconds, plannedRuns } from "../reproduce/plan.ts";
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

/** A run, as it is handed to a machine. */
interface Task {
  readonly id: string;
  readonly seed: number;
}

/** Why no more runs began: all were done, the budget was spent, or somebody interrupted it. */
type Ending = "done" | "time" | "stopped";

/** Declares arguments, options and action of the command. */
export function declareReproduce(command: Command): void {
  command
    .argument("[ids...]", "original, 1a, 3k, 5 …, or all; --list shows them")
    .option("--list", "show all experiments, and how long one run takes")
    .option(
      "--seeds <n>",
      "runs of each experiment; if absent 5, 50 of the original's, and 1 of what takes over 20 minutes",
    )
    .option("--budget <minutes>", "begin no run that would end later; the cheapest experiments come first")
    .option("--shard <k/n>", "do every n-th run only, from the k-th on: for machines without an MPI")
    .option(
      "--out <directory>",
      "where the runs and the report are; runs that are there are not done again",
      "reproduced",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  inkling reproduce 1a --seeds 3\n  inkling reproduce all --budget 60\n  inkling reproduce all --shard 2/8" +
        "\n  mpirun -n 4 inkling reproduce all --threads 1              each machine takes the next run when it is free",
    );
  addCommonOptions(command).action(async (ids: string[], options: ReproduceOptions) => {
    if (options.list) return isFirstOf(process.env, process.argv) ? list(options) : undefined;
    const machines = await Machines.of();
    try {
      await run(ids, options, machines);
    } catch (error) {
      throw machines?.failed(error, true) ?? error;
    }
  });
}

async function run(ids: readonly string[], options: ReproduceOptions, machines: Machines | undefined): Promise<void> {
  if (ids.length === 0) throw new ArgumentError("reproduce", "experiments, or all", "none", "--list shows them.");
  const chosen = [...new Set(ids.flatMap((id) => experimentsNamed(id, "reproduce")))];
  const seeds = options.seeds === undefined ? undefined : wholeNumber("--seeds", options.seeds, 1);
  const shard = shardOf(options.shard);
  const seconds = secondsOf("--budget", options.budget);
  const { backend, reason } = await backendFrom(options);
  const isFirst = machines?.isFirst ?? true;
  if (isFirst) await makeDirectory(options.out, RUNS);
  const pair = await mnist();
  const known = new Map(isFirst ? await loadRuns(options.out, experiments) : []);
  const interruption = new AbortController();
  const { signal } = interruption;
  const computing = { backend, signal };
  const compute = ({ id, seed }: Task) =>
    runExperiment(experimentsNamed(id, "reproduce")[0] as Experiment, seed, pair, computing);
  machines?.start({ experiments: ids.join(" "), data: await pair.train.sha256(), test: await pair.test.sha256() });
  if (machines && !isFirst) return serveRuns(machines, compute, interruption);

  const say = (line: string) => {
    if (!options.quiet && !options.json) console.log(line);
  };
  const planned = plannedRuns(chosen, known, seeds, shard);
  say(`${counted(chosen.length, "experiment")}, ${counted(planned.length, "run")} to do, on ${reason}`);
  if (machines) say(`Machines: ${machines.text}`);
  onInterrupt(() => interruption.abort());
  const probed = new Map<string, number>();
  const expected = (experiment: Experiment) => expectedSeconds(experiment, known, experiments, probed);
  const started = performance.now();
  const left = () => seconds - (performance.now() - started) / 1000;
  const ending = await unlessAborted(signal, async () => {
    // A budget needs to know how long the runs will take, as long as there is any of it left.
    if (Number.isFinite(seconds)) {
      for (const { experiment } of planned) {
        if (left() <= 0 || probed.has(experiment.id) || known.get(experiment.id)?.length) continue;
        const found = await probeSeconds(experiment, pair, computing);
        if (found !== undefined) probed.set(experiment.id, found);
      }
    }
    const ordered = cheapestFirst(planned, expected);
    let at = 0;
    const next = (): Task | undefined => {
      const run = ordered[at];
      if (run === undefined || expected(run.experiment) > left()) return undefined;
      at++;
      return { id: run.experiment.id, seed: run.seed };
    };
    const take = async (result: ExperimentRun) => {
      await saveRun(options.out, result);
      known.set(result.id, [...(known.get(result.id) ?? []), result]);
      say(`  ${result.id.padEnd(16)} seed ${result.seed}: ${reachedText(result)}, ${duration(result.wall)}`);
    };
    const ended = await handOut(machines, { next, compute, take, signal });
    return ended === "done" && at < ordered.length ? "time" : ended;
  });
  onInterrupt();

  const done = withVotes(await loadRuns(options.out, experiments), experiments, pair);
  const outcomes = outcomesOf(chosen, done, experiments);
  const flags = [options.seeds && `--seeds ${options.seeds}`, options.budget && `--budget ${options.budget}`];
  const command = ["inkling reproduce", ...ids, ...flags.filter(Boolean)].join(" ");
  await writeReport(options.out, outcomes, { command, backend: reason, expected });
  if (options.json) {
    const rows = outcomes.map(({ experiment, runs, comparisons }) => ({
      ...experiment,
      runs: runs.length,
      comparisons,
    }));
    printJson({ experiments: rows, report: join(options.out, "report.md"), isWhole: ending === "done" });
  } else {
    for (const outcome of outcomes) for (const line of comparedLines(outcome)) say(line);
    console.log(`Report in ${printable(join(options.out, "report.md"))} and report.html`);
  }
  if (ending !== "stopped") return machines?.letGo(0);
  writeSync(2, `Interrupted. What is done is in ${printable(options.out)}; the same command goes on from there.\n`);
  machines?.letGo(interruptedCode());
  process.exit(interruptedCode());
}

/** How `work` ended: "stopped" where the signal ended it. */
async function unlessAborted(signal: AbortSignal, work: () => Promise<Ending>): Promise<Ending> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    return "stopped";
  }
}

/** "95.31 % of the test images" */
function reachedText({ epochs, weightsSha256 }: ExperimentRun): string {
  const last = epochs.at(-1);
  if (weightsSha256 === null || last === undefined) return "diverged";
  if (last.test !== undefined) return `${numberText(last.test.accuracy, "accuracy")} of the test images`;
  return `the output is ${numberText(last.training?.output ?? Number.NaN, "output")}`;
}

/** A line for each number of the source. */
function comparedLines({ experiment, comparisons }: Outcome): string[] {
  return comparisons.map((comparison) => {
    const { value, what } = comparison.reported;
    const verdict = !Number.isFinite(comparison.expected) ? "–" : comparison.agrees ? "agrees" : "differs";
    const source = `the source ${numberText(value, what)} (${ruleText(comparison)})`;
    return `${experiment.id.padEnd(18)} ${meanText(comparison).padEnd(16)} ${source}: ${verdict}`;
  });
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
  for (const row of rows) {
    const time = "isCited" in row ? "cited, not run" : row.seconds === 0 ? "at once" : duration(row.seconds);
    console.log(`${row.id.padEnd(18)} ${row.about} (${time})`);
  }
}
