/** What the pane that trains says. */
import { messages } from "../../words/messages.ts";

export const words = messages("train", {
  learnTitle: "Start from",
  failTitle: "Or watch it fail",
  first: "A first network",
  mlp: "98 %: one hidden layer",
  cnnFast: "99 %: convolutions",
  cnnTiny: "99.4 %: six small convolutions",
  dropout: "98.8 %: dropout",
  original: "The original program",
  tooSlow: "Too slow",
  tooFast: "Too fast",
  badStart: "Bad start",
  saturated: "Saturated neurons",
  byHeart: "Learnt by heart",
  firstWhat: "784-30-10 on 10,000 images: it learns within seconds.",
  mlpWhat: "784-128-10 on all 60,000 images, five times.",
  cnnFastWhat: "Two convolutions, once over all images.",
  cnnTinyWhat: "Six convolutions with 7,186 weights. On one core this takes minutes.",
  dropoutWhat: "Two layers of 1,024 neurons. On one core this takes minutes.",
  originalWhat: "784-10-10, all images in each step, at the learning rate 1.",
  originalWhy: "Why one run ends at 66 %, and another at 86 %",
  tooSlowWhat: "The learning rate is so small that the weights hardly move. The loss stays where it was.",
  tooFastWhat: "The learning rate is so large that each step jumps further than the one before.",
  badStartWhat: "The first weights are so large that the network is sure of its guesses, and wrong.",
  saturatedWhat: "Large first weights put the sigmoid where it is flat: its slope is small, and so is every gradient.",
  byHeartWhat: "1,000 images, sixty times over: it knows these images, and others much less.",

  start: "Start",
  goOn: "Go on",
  startAgain: "Start again",
  pause: "Pause",
  phase: "One phase",
  phaseIs: "Forward, loss, backward (and what another batch would have taught), update",
  phaseAveraged: "Not where averages of the weights are shown: the step moves the weights behind them.",
  step: "One step",
  epoch: "One epoch",
  back: "Back 1 step",
  backMany: "Back 100",
  reset: "Reset",
  controls: "Training",
  keysShown: "Which keys do what",
  keys: "Keys: P starts and pauses, space does one step, F does one phase of a step, B goes one step back, ? shows this line.",

  settings: "The experiment",
  settingsHelp: "A change begins again from the first weights. The learning rate alone takes effect where you are.",
  more: "More options, named as on the command line",
  refused: (expected: string, got: string) => `Expected ${expected}, got ${got}. Nothing was changed.`,
  allImages: (count: string) => `${count} (all)`,

  learnsFrom: "It learns from",
  heldOut: (count: string) => `${count} of them held out for validation`,
  ownExamples: (count: string, shape: string) => `${count} examples, each ${shape} numbers.`,
  besidesMnist: (count: string) => `${count} of them, besides MNIST’s images.`,
  testedOn: (count: string) => `It is tested on ${count} others.`,
  testedOnMnist: "It is tested on MNIST’s test images.",
  notInAddress:
    "They are in this page alone. The address says which they are, but it cannot carry them: who opens it has to choose " +
    "the same ones.",
  backToMnist: "Learn from MNIST again",

  numbers: "Where it stands",
  lossNow: "Loss",
  trainAccuracy: "Right in training",
  testAccuracy: "Right in the test",
  testLoss: "Loss in the test",
  speed: "Examples a second",
  none: "–",
  ofEpoch: "of this epoch so far",
  ofWhole: (epoch: string) => `of epoch ${epoch}`,
  afterEpoch: (epoch: string) => `after epoch ${epoch}`,
  notYet: "after the first epoch",

  ready: "Ready. No step has been done.",
  loading: "The images are coming.",
  loadingBytes: (come: string, of: string) => `The images are coming: ${come} of ${of} MB.`,
  working: (total: string, goal: string) => `Computing again: step ${total} of ${goal}.`,
  running: (epoch: string, epochs: string, step: string, steps: string) =>
    `Epoch ${epoch} of ${epochs}, step ${step} of ${steps}.`,
  paused: (epoch: string, epochs: string, step: string, steps: string) =>
    `Paused in epoch ${epoch} of ${epochs}, after step ${step} of ${steps}.`,
  done: (epochs: string) => `Done: ${epochs} ${epochs === "1" ? "epoch" : "epochs"}.`,
  stopped: (epochs: string) => `Done after ${epochs} epochs: it got no better.`,
  summary: (loss: string, test: string) => `Loss ${loss}, test examples read right ${test}.`,

  summaryLoss: (loss: string) => `Loss ${loss}.`,

  curves: "Loss and accuracy over the epochs",
  lossCurve: "Loss",
  accuracyCurve: "Read right",
  ofTraining: "training examples",
  ofTest: "test examples",
  ofValidation: "validation examples",
  epochAxis: "epochs",
  readout: (epoch: string, values: string) => `epoch ${epoch}: ${values}`,
  curveAlt: (name: string, first: string, last: string) => `${name} of the training examples, from ${first} to ${last}`,
  curveEmpty: (name: string) => `${name}: no step has been done`,

  table: "The same as a table",
  noEpochs: "No epoch has ended yet.",
  tableEpoch: "Epoch",
  tableLoss: "Loss, training",
  tableTestLoss: "Loss, test",
  tableAccuracy: "Right, training",
  tableTest: "Right, test",
  tableValidation: "Right, validation",
  save: "Save as CSV",

  doctor: "The doctor says",
  healthy: "Nothing is wrong so far.",
  seeAbove: "What it found stands in the message above.",
  notBegun: "Nothing yet: no step has been done.",
  byHeartFound: (train: string, test: string) =>
    `It reads ${train} of the examples that it learns from, and ${test} of those that it has not seen: it learns ` +
    "them by heart. More examples, weight decay or dropout help.",
  diverged: (epoch: string, step: string, layer: string) =>
    `In epoch ${epoch}, step ${step}, the numbers of ${layer} were no longer finite. Training stopped before that step.`,
  divergedLoss: (epoch: string, step: string) =>
    `In epoch ${epoch}, step ${step}, the loss was no longer finite. Training stopped before that step.`,
  back100: "Back 100 steps",
  halve: "Halve the rate",
  lostGoOn: "Go on in a new worker",
  again: "Try again",

  keep: "The same on your computer",
  digestOf: (weights: string, steps: string) =>
    `SHA-256 of the network’s ${weights} numbers after ${steps} ${steps === "1" ? "step" : "steps"}`,
  digestRunning: "It is shown when the training stands still.",
  commandWhat:
    "This command trains the same network. At its end it has the same digest, bit for bit. (In a clone of the " +
    "project, with npx before it.)",
  commandOnData:
    "This command, where the file is, trains the same network. At its end it has the same digest, bit for bit. (In a " +
    "clone of the project, with npx before it.)",
  noCommand: "The command line divides these examples in another way, so no command gives these weights.",
  noCommandAdded: "The command line learns from one set alone, so no command gives these weights.",
  noCommandSeed:
    "The examples to be tested on were drawn by the seed 1, and the command line draws them by the seed of the training. " +
    "So a command gives the same weights at the seed 1 alone.",
  commandChanged: (changes: string) =>
    `The learning rate was changed by hand (${changes}), so no single command gives these weights. The address of this ` +
    "page does.",
  change: (step: string, rate: string) => `after step ${step} to ${rate}`,
  oneThread: "one thread",
  threads: (count: string) => `${count} threads`,
  copy: "Copy",
  copied: "Copied",
  locked: "This is a lesson: the experiment is fixed.",
  curvesMeans:
    "loss and accuracy over the epochs: a line for the digits that it learns from, points for the test digits",
});
