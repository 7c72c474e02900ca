/** What the pane that judges a network says. */
import { messages } from "../../words/messages.ts";

export const words = messages("judge", {
  noBetter: "In squared errors it is no better than that.",
  offInTraining: (error: string) => `On the examples that it has learned from it is off by ${error}.`,
  noExamples: "There are no examples yet that it could be judged by.",
  nothing: "There is no network yet. Train one, or load one.",
  working: "Looking at every test example…",
  failed: (sentence: string) => `The network could not be judged. ${sentence}`,
  test: "Test examples",
  train: "Training examples",
  accuracy: "read right",
  loss: "loss",
  ofImages: (count: string) => `of ${count}`,
  ofFirst: (count: string) => `of the first ${count}`,
  numbers:
    "This network predicts numbers, and these examples have none to compare with. It can be judged by examples like " +
    "those that it learned from: bring a table, and learn from it.",
  howFar: (name: string) => `How far off it is: ${name}`,
  off: (name: string, error: string, mean: string, byMean: string) =>
    `On the test examples its ${name} is off by ${error} on average. Always saying their mean, ${mean}, would be off ` +
    `by ${byMean}.`,
  meanAbsolute: "mean absolute error",
  rootMeanSquared: "root mean squared error",
  byMean: "by always saying their mean",
  rSquared: "R²",
  rightAnswers: "right answers (more than ½ is yes)",
  measuresHelp:
    "Errors are in the unit of the column. The squared error counts large mistakes more. R² is 1 for predictions " +
    "without error, 0 for those that are no better than the mean, and below 0 for worse ones.",
  whichNumber: "The number that is judged",
  againstTrue: "Predicted against true",
  againstTrueHelp: "A point is a test example. On the line the prediction is right. Click a point to look at it.",
  firstPoints: (count: string) => `The first ${count} are drawn.`,
  trueOf: (name: string) => `${name}, true`,
  predictedOf: (name: string) => `${name}, predicted`,
  example: "Test example",
  predictedFor: (number: string, target: string, predicted: string, error: string) =>
    `${number}: true ${target}, predicted ${predicted} (${error})`,
  worstNumbersHelp: "The predictions that are furthest off. Choose one to look inside.",
  allExact: "There are none: every prediction is exact.",
  exactMeans: "where a prediction is right: predicted is true",
  predictionMeans: "a test example: to the right what is true, upwards what the network predicts",
  lookedMeans: "the test example that you look at",
  gapFew: "So few examples do not tell whether it is overfitting: the difference may be chance.",
  gapNone: "It reads examples that it has never seen as well as those that it learned from: it is not overfitting.",
  gapSmall: (points: string) =>
    `It reads the examples that it learned from ${points} points better than new ones. A little of that is usual.`,
  gapLarge: (points: string) =>
    `It reads the examples that it learned from ${points} points better than new ones. Whether it is overfitting, ` +
    "its training shows: there the loss on new examples no longer falls, or rises.",
  gapOverfits: (points: string, count: string, halfway: string, now: string) =>
    `It reads the examples that it learned from ${points} points better than new ones, and what it goes on to learn ` +
    `does not help with these: halfway its loss on the first ${count} of them was ${halfway}, now it is ${now}. It ` +
    "is overfitting. More examples, changed images, weight decay (L2) or a smaller network would help.",
  gapHelps: (points: string, count: string, halfway: string, now: string) =>
    `It reads the examples that it learned from ${points} points better than new ones, but what it learns still ` +
    `helps with these: halfway its loss on the first ${count} of them was ${halfway}, now it is ${now}. It is not ` +
    "overfitting yet: let it go on.",
  confusion: "What was read as what",
  confusionHelp:
    "A row is what the examples are, a column what they were read as. Choose a cell to see them. Arrow keys move.",
  cell: (count: string, label: string, predicted: string) => `${count} of ${label} read as ${predicted}`,
  is: "is",
  readAs: "read as",
  digitsOf: (label: string, predicted: string, shown: string, all: string) =>
    `${label} read as ${predicted}: ${shown} of ${all}`,
  noneOf: (label: string, predicted: string) => `No ${label} was read as ${predicted}.`,
  worst: "Its worst mistakes",
  worstHelp: "The mistakes that it was surest of. Choose one to look inside.",
  noMistakes: "There are none: it reads all test examples right.",
  mistake: (label: string, predicted: string, sure: string) => `${label} read as ${predicted}, ${sure} sure`,
  perClass: "Class by class",
  classHead: "class",
  precision: "precision",
  recall: "recall",
  examples: "examples",
  classHelp: "Precision: of what it gave this name, how much is so. Recall: of all that are so, how many it found.",
  warped: "The same images, warped",
  warpedHelp:
    "Turned by up to 15°, shifted by up to 3 pixels, sheared by up to 10°, 0.8 to 1.2 times as large: other people's " +
    "handwriting is not MNIST's. MNIST's test images become those of the README's table.",
  warpedButton: "Judge on warped images",
  warpedResult: (accuracy: string, before: string) => `${accuracy} read right; ${before} before they were warped.`,
  layers: "Layer by layer, over time",
  layersHelp:
    "A column is a moment of the training, its beginning on the left, now on the right; upwards are the larger " +
    "numbers, from the lowest of all moments to the highest. The darker, the more numbers are there.",
  activations: (layer: string) => `outputs of ${layer}`,
  gradients: (layer: string) => `∂C/∂W of ${layer}`,
  from: (low: string, high: string) => `from ${low} to ${high}`,
  moments: (count: number) => (count === 1 ? "1 moment" : `${count} moments`),
  plane: "The last hidden layer on a plane",
  planeHelp:
    "Each of the first test examples where its hidden numbers put it: near means alike to the network. Mistakes are " +
    "outlined.",
  planeLabel: (count: string) =>
    `${count} ${count === "1" ? "example" : "examples"} by the two directions in which their hidden numbers differ ` +
    "most",
  planeNames: "What the points are called",
  noHidden: "This network has no hidden layer.",
  confusionMeans: "how many examples of each class were read as each: the darker, the more mistakes",
  spreadMeans: "how often each size of number occurs, a column for each moment: the darker, the more often",
  planeMeans: "each example where its hidden numbers put it, by its class; mistakes are outlined",
  summary: (accuracy: string, loss: string) => `Test examples: ${accuracy} are read right, loss ${loss}.`,
  across: "across",
  upwards: "upwards",
});
