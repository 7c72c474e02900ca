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
  failed: "The pane could not be loaded: expected an answer, got none. Is there a connection? Then choose it again.",
  notices: "Of this address",
  dismiss: "Close",
  network: "Network",
  ofTraining: (step: string) => `the one that you train, after ${step} ${step === "1" ? "step" : "steps"}`,
  untrained: "the one that you train (no step done yet)",
  ofBook: "the book's, already trained",
  ofFile: "the one from your file",
});
