/** What the pane says in which one fills in a row of a table. */
import { messages } from "../../words/messages.ts";

export const words = messages("row", {
  title: "A row of your own",
  what: "This network takes the rows of a table. Change a number: it answers at once.",
  from: "Begin with row",
  ofTest: (count: string) => `of ${count} that it is tested on`,
  inFile: (answer: string) => `In the file the answer is ${answer}.`,
  tooMany: (inputs: string) =>
    `This network takes rows of ${inputs} numbers, too many to be filled in here. Look inside shows its rows, and Judge ` +
    "measures it.",
  emptyCell: "empty in the file, and read as the mean",
  outside: (column: string, low: string, high: string) =>
    `${column} is outside of all rows that are here, from ${low} to ${high}: what the network says of such a row is a guess.`,
  changed: "You have changed this row.",
  again: "As in the file",
  other: "another word",
  range: (name: string) => `${name}, as a slider`,
  answer: (name: string, share: string) => `${name}, with a probability of ${share}.`,
  number: (name: string, value: string) => `${name}: ${value}.`,
  probabilities: "What the network gives each class",
  numbers: "What the network predicts",
  numberTitle: "What would change its prediction",
  courseTitle: "What would change its mind",
  column: "If only this changes:",
  stays: (column: string, from: string, to: string, name: string) =>
    `For every ${column} from ${from} to ${to}: ${name}.`,
  turns: (column: string, parts: string) => `As the ${column} grows: ${parts}.`,
  upTo: (name: string, value: string) => `${name} up to ${value}`,
  next: ", then ",
  probabilityOf: (name: string) => `probability of ${name}`,
  course: (name: string, column: string) => `${name}, as only ${column} changes`,
  courseMeans: "what the network answers as one column changes, and all others stay",
  secondMeans: "the second number that it predicts",
  furtherMeans: "the further numbers that it predicts",
  nowMeans: "where the row is now",
  notCalibrated: "The network has to choose one of its classes, also for a row that is like none it has learned from.",
});
