/** What one takes with one: the digest of the weights, and the command that gives the same on a computer. */
import { html, type TemplateResult } from "lit";
import type { View } from "../../session/protocol.ts";
import { commandOf, type Experiment } from "../../state/experiment.ts";
import { factsOf } from "../../state/own-data.ts";
import { sizeOf } from "../../state/trainable.ts";
import { inDigits, inWhole } from "../../words/messages.ts";
import { words } from "./words.ts";

/** `copyButton`: a button that copies a text. */
export function digestAndCommand(
  { digest, total, changes }: View,
  experiment: Experiment,
  copyButton: (text: string) => TemplateResult,
): TemplateResult {
  const { configuration, data } = experiment;
  const weights = inWhole(sizeOf(configuration, factsOf(data)).weights);
  const made = changes.map(({ step, rate }) => words().change(inWhole(step), inDigits(rate))).join(", ");
  return html`<section>
    <h3>${words().keep}</h3>
    <p class="quiet">${words().digestOf(weights, inWhole(total))}</p>
    <code class="block digest">${digest ?? words().digestRunning}</code>
    ${changes.length > 0 ? html`<p>${words().commandChanged(made)}</p>` : commandLines(experiment, copyButton)}
  </section>`;
}

function commandLines(experiment: Experiment, copyButton: (text: string) => TemplateResult): TemplateResult {
  const { data } = experiment;
  const command = commandOf(experiment);
  if (command === undefined) {
    const { noCommand, noCommandAdded, noCommandSeed } = words();
    const isOfSeed = data?.command !== undefined;
    return html`<p class="quiet">${data?.isAdded ? noCommandAdded : isOfSeed ? noCommandSeed : noCommand}</p>`;
  }
  return html`<p class="quiet">${data === undefined ? words().commandWhat : words().commandOnData}</p>
    <code class="block command">${unbroken(command)}</code>
    ${copyButton(command)}`;
}

/** A command whose options stay whole where its line ends. */
function unbroken(command: string): unknown[] {
  const parts = command.split(" --");
  return parts.map(
    (word, i) => html`<span class="word">${i === 0 ? word : `--${word}`}</span>${i < parts.length - 1 ? " " : ""}`,
  );
}
