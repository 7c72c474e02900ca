/** `inkling search`: tries settings on validation examples, and says which are the best. */
import { writeSync } from "node:fs";
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { type Configuration, fieldNames } from "inkling/presets";
import { addConfigurationOptions, type ConfigurationOptions, namedBy } from "../configuring.ts";
import { DATA, dataPath } from "../data.ts";
import { interruptedCode, onInterrupt } from "../interrupt.ts";
import { Machines } from "../machines/machines.ts";
import { addCommonOptions, backendFrom, precisionOf, wholeNumber } from "../options.ts";
import { addPictureOptions } from "../pictures.ts";
import { printable, printJson } from "../printable.ts";
import { clearLine } from "../progress.ts";
import { terminalOf, titled } from "../report/terminal.ts";
import { makeDirectory, secondsOf, shardOf } from "../saved-json.ts";
import { checkDefinition, definitionOf, saveDefinition } from "../search/definition.ts";
import { type Asked, checkOnce, planOf, type Strategy, spaceOf } from "../search/plan.ts";
import {
  commandFor,
  edgeLines,
  endLines,
  planLines,
  stageLines,
  tableLines,
  testLines,
  trialLines,
  trialTitles,
  typedCommand,
} from "../search/report.ts";
import { TRIALS } from "../search/results.ts";
import { search, serveSearch, standings } from "../search/run.ts";
import { type Tested, testBest } from "../search/test-best.ts";
import { addTableOptions } from "../table-options.ts";
import type { SetOptions } from "../training/sets.ts";

type SearchOptions = ConfigurationOptions &
  SetOptions & {
    readonly space?: string;
    readonly try?: readonly string[];
    readonly trials: string;
    readonly strategy: string;
    readonly eta: string;
    readonly folds?: string;
    readonly score?: string;
    readonly minutes?: string;
    readonly shard?: string;
    readonly out: string;
    readonly precision: string;
    readonly testBest?: true;
    readonly verbose?: true;
  };

/** Declares arguments, options and action of the command. */
export function declareSearch(command: Command): void {
  command
    .argument("[data]", `as for train: ${DATA}; MNIST if absent`)
    .option("--data <path>", "the same")
    .option("--try <name=values>", "an option and what to try: learning-rate=1e-4..1e-1, layers=64|128", collected)
    .option("--space <file>", 'the same as JSON: {"learningRate": {"from": 1e-4, "to": 1e-1}, "layers": ["64", "128"]}')
    .option("--trials <n>", "how many settings are tried", "20")
    .option("--strategy <name>", "random, or halving: all train for a short time, the best go on", "random")
    .option("--eta <n>", "of halving: one in so many goes on, for so many times as long", "3")
    .option("--folds <n>", "cross-validate: each trial trains so many times, another part held out each time")
    .option("--score <name>", "what is compared: accuracy (classes), rmse (numbers) or loss")
    .option("--minutes <n>", "begin no trial that would end later")
    .option("--shard <k/n>", "do every n-th trial only, from the k-th on: several processes share a directory")
    .option("--test-best", "at the end, train the best again and measure it on the test examples, once")
    .option("--out <directory>", "where the results are; what is there is not done again", "search")
    .option("--label <column>", "the column of a table that is to be learnt: its name, or its index from 0")
    .option(
      "--test <path>",
      "what to test on, of the same kind; if absent, the test examples of a pair, or a tenth of a table or of pictures",
    )
    .option("--classes <n>", "how many classes there are; if absent, the labels say it")
    .option("--precision <name>", "float32, or float64, for checking", "float32")
    .option("--verbose", "show all trials in the table")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        '  inkling search --try learning-rate=1e-4..1e-1 --try "layers=64|128|128,64"',
        "  inkling search --try learning-rate=1e-4..1e-1 --strategy halving --trials 27 --epochs 9",
        '  inkling search iris.csv --label species --folds 5 --try "layers=8|16|16,16" --test-best',
        "  inkling search --space space.json --minutes 30      Ctrl-C stops; the same command goes on",
        "  mpirun -n 4 inkling search --space space.json --threads 1      each machine takes the next trial",
        "\nAny option below can be tried, but the seed and what decides which examples there",
        "are. What stands behind its =, or in the file:",
        '  a range   1e-4..1e-1, or {"from": 1e-4, "to": 1e-1}. Where it spans a factor of',
        "            10 or more its scale is log, else linear; 1e-4..1e-1:linear, or",
        '            "scale": "linear", says another',
        '  a list    "64|128|128,64", or ["64", "128", "128,64"]',
        "\nOptions that are not tried are the same in all trials, as for inkling train, whose",
        "help explains --layers. Without --validation a tenth of the training examples is",
        "held out to compare the trials on.",
      ].join("\n"),
    );
  addConfigurationOptions(addPictureOptions(command), "training");
  addTableOptions(command);
  addCommonOptions(command).action(async (argument: string | undefined, options: SearchOptions) => {
    const data = dataPath(argument, options.data);
    const machines = await Machines.of();
    try {
      await run({ ...options, ...(data !== undefined && { data }) }, machines);
    } catch (error) {
      throw machines?.failed(error, true) ?? error;
    }
  });
}

function collected(word: string, before: readonly string[] = []): string[] {
  return [...before, word];
}

function askedOf(options: SearchOptions): Asked {
  const { strategy, folds, score } = options;
  if (strategy !== "random" && strategy !== "halving") {
    throw new ArgumentError("--strategy", "random or halving", JSON.stringify(strategy));
  }
  return {
    trials: wholeNumber("--trials", options.trials, 1),
    strategy: strategy as Strategy,
    eta: wholeNumber("--eta", options.eta, 2),
    folds: folds === undefined ? undefined : wholeNumber("--folds", folds, 2),
    score,
  };
}

/** Everything that can be wrong is found out here, on all machines; then the directory of the search is made. */
async function prepared(options: SearchOptions, machines: Machines | undefined) {
  const asked = askedOf(options);
  const [shard, seconds] = [shardOf(options.shard), secondsOf("--minutes", options.minutes)];
  const space = await spaceOf(options.space, options.try ?? []);
  const named = await namedBy(options);
  checkOnce(
    space,
    fieldNames.filter((name) => options[name as keyof Configuration] !== undefined),
  );
  const { backend, reason } = await backendFrom(options, precisionOf(options.precision));
  const plan = await planOf(space, named, asked, options, backend);
  if (options.testBest && plan.sets.test === undefined) {
    throw new ArgumentError("--test-best", "test examples", "none", "Name some with --test.");
  }
  const definition = await definitionOf(plan, options.precision);
  if (machines?.isFirst ?? true) {
    await checkDefinition(options.out, definition);
    await makeDirectory(options.out, TRIALS);
    await saveDefinition(options.out, definition);
  }
  machines?.start(Object.fromEntries(Object.entries(definition).map(([name, value]) => [name, JSON.stringify(value)])));
  return { plan, shard, seconds, backend, reason };
}

async function run(options: SearchOptions, machines: Machines | undefined): Promise<void> {
  const { plan, shard, seconds, backend, reason } = await prepared(options, machines);
  const { out, json, quiet } = options;
  const interruption = new AbortController();
  const { signal } = interruption;
  if (machines?.isFirst === false) return serveSearch(machines, { plan, backend, signal, live: false }, interruption);
  const live = !quiet && !json;
  const terminal = terminalOf(process.stdout);
  const say = (...lines: string[]) => {
    if (!live) return;
    clearLine();
    for (const line of lines) console.log(line);
  };
  say(...planLines(plan, reason, options.testBest === true, terminal));
  if (machines) say(...titled("Machines", machines.text, terminal));
  say(...trialTitles(plan, terminal));
  onInterrupt(() => interruption.abort());
  const context = { plan, backend, out, signal, live };
  const { results, ending } = await search({
    ...{ ...context, shard, seconds, machines },
    onStage: (...stage) => say(...stageLines(plan, ...stage)),
    onTrial: (result) => say(...trialLines(result, plan, terminal)),
  });
  const all = standings(plan, results);
  if (ending === "interrupted") leave(all.length, out, machines);
  const [best] = all.filter(({ score }) => score !== null);
  let tests: readonly Tested[] = [];
  if (options.testBest && ending !== "others" && best !== undefined) {
    tests = await testBest(best, context).catch((error) => {
      if (!signal.aborted) throw error;
      return leave(all.length, out, machines);
    });
  }
  onInterrupt();
  // Nothing could be trained.
  const code = best === undefined && all.length > 0 ? 3 : 0;
  if (code !== 0) process.exitCode = code;
  machines?.letGo(code);
  const configuration = best && plan.configurationOf(best, best.epochs);
  const command = configuration && commandFor(configuration, options, options.precision);
  if (json) {
    const { strategy, score, folds = null } = plan;
    const found = { best: best && { ...best, configuration }, command, tested: tests.at(-1) };
    return printJson({ strategy, score, folds, seed: plan.base.seed, ending, ...found, trials: all, directory: out });
  }
  say("", ...tableLines(all, plan, options.verbose === true, terminal));
  for (const line of endLines(plan, { all, best, command, ending }, terminal)) console.log(line);
  if (best) say(...edgeLines(best, plan.space, terminal));
  for (const line of testLines(tests, terminal)) console.log(line);
}

/** Ends an interrupted search. */
function leave(trials: number, out: string, machines: Machines | undefined): never {
  const there = `${trials} ${trials === 1 ? "trial is" : "trials are"} saved in ${printable(out)}`;
  writeSync(2, `Interrupted. ${there}. To go on: ${typedCommand()}\n`);
  machines?.letGo(interruptedCode());
  process.exit(interruptedCode());
}
