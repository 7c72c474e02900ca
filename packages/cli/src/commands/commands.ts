/**
 * The commands of `inkling`, in the order of its help: of each the name, what it takes, what it is for, and the page
 * that has its options and does its work. A page with all that it needs takes 0.1 s to load, so it is loaded only when
 * its command is called.
 */
import type { Command } from "commander";

interface Entry {
  /** Its arguments, as the page of the command declares them. */
  readonly takes: string;
  readonly purpose: string;
  /** Loads the page. What comes declares arguments, options and action. */
  readonly page: () => Promise<(command: Command) => void>;
}

const commands: Readonly<Record<string, Entry>> = {
  train: {
    takes: "[data]",
    purpose: "Train a network: on MNIST with no argument, live, and with a report at the end.",
    page: async () => (await import("./train.ts")).declareTrain,
  },
  evaluate: {
    takes: "<model> [data]",
    purpose: "Test a saved model: on MNIST's 10,000 test images, or on other data.",
    page: async () => (await import("./evaluate.ts")).declareEvaluate,
  },
  predict: {
    takes: "<model> [data]",
    purpose: "Say what a saved model sees in images, or predicts for the rows of a table.",
    page: async () => (await import("./predict.ts")).declarePredict,
  },
  calibrate: {
    takes: "<model> [data]",
    purpose: "Measure how sure a saved model may be, on examples that it has not learned from, and keep it.",
    page: async () => (await import("./calibrate.ts")).declareCalibrate,
  },
  explain: {
    takes: "<model> [data]",
    purpose: "The worked example: one example through a saved model and back, with every number and its equation.",
    page: async () => (await import("./explain.ts")).declareExplain,
  },
  check: {
    takes: "[data]",
    purpose: "Check the gradient of an architecture: backpropagation against central differences, in float64.",
    page: async () => (await import("./check.ts")).declareCheck,
  },
  inspect: {
    takes: "<file>",
    purpose: "Show everything that is in a model file, a checkpoint, or a safetensors file.",
    page: async () => (await import("./inspect.ts")).declareInspect,
  },
  compare: {
    takes: "<files...>",
    purpose: "Lay runs side by side: their options, results and weights, by their model files or logs.",
    page: async () => (await import("./compare.ts")).declareCompare,
  },
  reproduce: {
    takes: "[ids...]",
    purpose: "Run the experiments of the original program and of Nielsen's book again, and compare the numbers.",
    page: async () => (await import("./reproduce.ts")).declareReproduce,
  },
  search: {
    takes: "[data]",
    purpose: "Find good settings: train with many, compare them on validation examples, and name the best.",
    page: async () => (await import("./search.ts")).declareSearch,
  },
  export: {
    takes: "<model>",
    purpose: "Write a saved model in a format that other programs read: ONNX, PyTorch's, NumPy's, JSON, a web page's.",
    page: async () => (await import("./export.ts")).declareExport,
  },
  import: {
    takes: "<file>",
    purpose: "Make a model file of what another program saved: ONNX, PyTorch's weights, TensorFlow.js.",
    page: async () => (await import("./import.ts")).declareImport,
  },
  studio: {
    takes: "",
    purpose: "Open the book, the studio and the reference in the browser, served by this machine to itself.",
    page: async () => (await import("./studio.ts")).declareStudio,
  },
};

/** Adds all commands to the program: those that are among the words whole, of the others what the help says of them. */
export async function addCommands(program: Command, words: readonly string[]): Promise<void> {
  for (const [name, { takes, purpose, page }] of Object.entries(commands)) {
    const command = program.command(name).description(purpose);
    if (words.includes(name)) (await page())(command);
    else if (takes !== "") command.arguments(takes);
  }
}
