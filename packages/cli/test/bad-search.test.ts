// Searches that are refused: each in one sentence, with exit 2 and nothing written.
import { writeFile } from "node:fs/promises";
import { beforeAll } from "vitest";
import { at, refuses } from "./refusals.ts";
import { flowers } from "./tiny-data.ts";

beforeAll(async () => {
  await writeFile(at("space.json"), '{"lerningRate": [1, 2]}');
  await writeFile(at("no.json"), "learningRate");
  await writeFile(at("kinds.csv"), flowers(30).join("\n"));
});

const RATE = ["--try", "learning-rate=0.01|0.1"];
const search = (...args: string[]) => ["search", at("good"), ...args];
const table = (...args: string[]) => ["search", at("kinds.csv"), "--label", "kind", ...RATE, ...args];

refuses("search is refused with", [
  ["nothing to try", search(), /^--try: expected an option with more than one value to try, got none\./],
  ["an unknown option", search("--try", "lerning=1|2"), /^--try: expected options among .*, got "lerning"\./],
  [
    "an unknown option in a file",
    search("--space", at("space.json")),
    /space\.json: expected options among .* Did you mean/,
  ],
  ["a file that is no JSON", search("--space", at("no.json")), /no\.json: expected JSON, got /],
  ["a file that is not there", search("--space", "none.json"), /^none\.json: expected a file that can be read/],
  [
    "no values",
    search("--try", "layers"),
    /^--try: expected an option and its values, as layers=64\|128, got "layers"\./,
  ],
  ["an option twice", search(...RATE, ...RATE), /^--try: expected every option once, got learningRate twice\./],
  [
    "an option fixed and tried",
    search(...RATE, "--learning-rate", "1"),
    /^--learning-rate: expected learningRate fixed/,
  ],
  [
    "an upside-down range",
    search("--try", "l1=2..1"),
    /^--try, l1: expected a range whose from is below its to, got 2 to/,
  ],
  [
    "a log scale from 0",
    search("--try", "l1=0..1:log"),
    /^--try, l1: expected from above 0 for the scale log, got 0\./,
  ],
  ["the seed", search("--try", "seed=1|2"), /^--try: expected options that a trial can have for itself, got seed\./],
  [
    "a number of an optimizer that is not tried",
    search("--try", "momentum=0.5..0.9"),
    /^--try, momentum: expected the optimizer momentum, got adam\. Add --optimizer momentum\./,
  ],
  [
    "the original's own draws",
    search(...RATE, "--init", "numpy"),
    /^search, init: expected first weights other than numpy/,
  ],
  [
    "no validation examples",
    search(...RATE, "--validation", "0"),
    /^--validation: expected validation examples to comp/,
  ],
  ["one fold", search(...RATE, "--folds", "1"), /^--folds: expected a whole number of at least 2, got "1"\./],
  [
    "more folds than examples",
    table("--folds", "28"),
    /^--folds: expected at most 27 \(all training examples of kinds/,
  ],
  [
    "folds and validation",
    search(...RATE, "--folds", "3", "--validation", "5"),
    /^--folds: expected no --validation besi/,
  ],
  [
    "folds and patience",
    search(...RATE, "--folds", "3", "--patience", "5"),
    /^--patience: expected no early stopping w/,
  ],
  [
    "an unknown strategy",
    search(...RATE, "--strategy", "grid"),
    /^--strategy: expected random or halving, got "grid"\./,
  ],
  [
    "nothing to halve",
    search("--try", "l1=0..1", "--strategy", "halving", "--epochs", "2"),
    /^halving: expected at least 3 trials and 3 epochs \(eta is 3\), got 20 trials and 2 epochs\./,
  ],
  [
    "halving of the epochs",
    search("--try", "epochs=1..9", "--strategy", "halving"),
    /^--try, epochs: expected another option: halving itself says how long a trial trains, got epochs\./,
  ],
  [
    "a score of other data",
    search(...RATE, "--score", "rmse"),
    /^--score: expected accuracy or loss for classes, got "rm/,
  ],
  [
    "losses that differ",
    search("--try", "label-smoothing=0|0.1", "--score", "loss"),
    /^--score: expected accuracy: trials that differ in labelSmoothing have losses that cannot be compared, got loss\./,
  ],
  [
    "a trial that cannot be trained",
    search("--try", "layers=8|4c9"),
    /^trial \d, .* Such a trial cannot be trained; chang/,
  ],
  ["no trials", search(...RATE, "--trials", "0"), /^--trials: expected a whole number of at least 1, got "0"\./],
  ["no time", search(...RATE, "--minutes", "0"), /^--minutes: expected minutes, a number above 0, got "0"\./],
  ["a shard beyond the last", search(...RATE, "--shard", "3/2"), /^--shard: expected k\/n with k from 1 to n/],
  [
    "a file as directory",
    search(...RATE, "--out", at("a-file")),
    /a-file: expected a directory that can be written, got/,
  ],
]);
