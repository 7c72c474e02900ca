/** What the pane says in which one draws. */
import { messages } from "../../words/messages.ts";

export const words = messages("draw", {
  title: "Draw a digit",
  noModel: "There is no network yet. Draw; it will answer when one is there.",
  otherModel: (inputs: string) =>
    `This network takes ${inputs}. Here one draws grey pictures, and each has a class: load a network that reads such.`,
  nothing: "Draw a digit on the sheet. The network answers while you draw.",
  noDigit: "No digit stands out of the paper. Draw a thicker line, or take the sheet as it was drawn.",
  answer: (name: string, share: string) => `Read as ${name}, with a probability of ${share}.`,
  answers: (names: string) => `Read as ${names}.`,
  more: (count: string) => `${count} more digits are not read.`,
  which: "Which digit is looked at",
  digitOf: (place: number, name: string) => `digit ${place}, read as ${name}`,
  probabilities: "Probabilities",
  probabilityOf: "What the network gives each class",
  calibrated: (temperature: string) =>
    `The probabilities are calibrated (temperature ${temperature}): of a hundred answers with 90%, about ninety are right.`,
  notCalibrated:
    "The network is not calibrated: 99% does not say that it is right in 99 of 100 cases. It has to choose one of its classes.",
  unfamiliar: (left: string, limit: string) =>
    `Unfamiliar: ${left} of the drawing is unlike all that it has learned of this class (usual are less than ${limit}).`,
  familiar: (left: string, limit: string) =>
    `Familiar: ${left} of the drawing is unlike what it has learned of this class (up to ${limit} is usual).`,
  unknown:
    "This network has not noted what its digits looked like, so that it cannot say when a drawing is none. One that " +
    "is trained here, on 200 examples or more, notes it whenever it stands still.",
  wide: "This one is very wide. Are they several digits that touch?",
  follow: "Follow it through the network",
  bothTitle: "With and without",
  both: "The same ink twice: cut out and centred as MNIST’s digits were, and the whole sheet, only made smaller.",
  normalized: "Cut out and centred",
  asDrawn: "As it was drawn",
  reads: (name: string, share: string) => `${name} (${share})`,
  agree: "Both are read alike. Move the drawing to a corner, or draw a small one: which answer stays?",
  disagree: (centred: string, drawn: string) =>
    `The same network, the same ink: centred it is read as ${centred}, as drawn as ${drawn}. It has only learned digits in the middle.`,
  takes: "What the network takes",
  stagesTitle: "From the sheet to the network",
  contributionsTitle: "What each pixel contributed",
  nearestTitle: "The nearest training digits",
  changeTitle: "What would change its mind",
  drawingsTitle: "Your drawings",
  move: "Move the drawing",
  left: "Move it left",
  right: "Move it right",
  up: "Move it up",
  down: "Move it down",
  seenMeans: "what the network gets: 0 is paper, 255 is ink",
  contributionMeans: "what each pixel adds to the score of a class, or takes away from it",
  differenceMeans: "what has to change in the drawing for another answer",
  neighbourMeans: "training digits that are most like the drawing",
});
