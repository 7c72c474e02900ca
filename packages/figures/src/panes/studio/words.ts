/** What the studio says. */
import { messages } from "../../words/messages.ts";

export const words = messages("studio", {
  tabs: "Panes",
  train: "Train",
  draw: "Draw",
  inside: "Look inside",
  judge: "Judge",
  own: "Bring your own",
  loading: "The pane is coming.",
  failed: (problem: string) => `The pane could not be loaded: ${problem}`,
  notices: "Of this address",
  dismiss: "Close",
  network: "Network",
  ofTraining: (step: string) => `the one that you train, after ${step} steps`,
  untrained: "the one that you train (no step done yet)",
  ofBook: "the book's, already trained",
  ofFile: "the one from your file",
});
