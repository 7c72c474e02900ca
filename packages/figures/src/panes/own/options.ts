/** What can be said of files before they are read: of a table its columns and answers, of pictures their size. */
import { html, type TemplateResult } from "lit";
import type { ReadingOptions } from "./reading.ts";
import { words } from "./words.ts";

/** The fields as they stand in the page: texts, and names of choices; "" where nothing is said. */
export interface Said {
  readonly label: string;
  readonly task: "" | "classes" | "numbers";
  /** Names of columns, with commas between them. */
  readonly ignore: string;
  readonly words: string;
  readonly missing: "" | "mean" | "drop";
  readonly side: string;
}

export const nothingSaid: Said = { label: "", task: "", ignore: "", words: "", missing: "", side: "" };

/** The sides that pictures can become. */
const SIZES = [28, 32, 64] as const;

export function optionsFrom({ label, task, ignore, words, missing, side }: Said): ReadingOptions {
  const pixels = Number(side);
  return {
    label: label.trim() || undefined,
    task: task || undefined,
    ignore: namesIn(ignore),
    words: namesIn(words),
    missing: missing || undefined,
    size: pixels > 0 ? [pixels, pixels] : undefined,
  };
}

function namesIn(list: string): readonly string[] | undefined {
  const names = list.split(",").flatMap((name) => name.trim() || []);
  return names.length === 0 ? undefined : names;
}

/** What is offered where several names are written: the names that are there already, and one more. */
export function continued(list: string, columns: readonly string[]): string[] {
  const before = list.split(",").slice(0, -1);
  const there = new Set(before.map((name) => name.trim()));
  return columns.filter((name) => !there.has(name)).map((name) => [...before, ` ${name}`].join(",").trim());
}

/**
 * The fields. `columns`: the names that are offered. `say` takes what a field holds now, and whether that is all that
 * is written in it: a name that is being typed is not.
 */
export function optionFields(
  said: Said,
  columns: readonly string[],
  say: (change: Partial<Said>, isWhole: boolean) => void,
): TemplateResult {
  const { label, labelHelp, task, taskHelp, taskOwn, taskClasses, taskNumbers, ignore, ignoreHelp } = words();
  const { ofWords, ofWordsHelp, missing, missingError, missingMean, missingDrop, size, sizeOwn } = words();
  const field = (name: "label" | "ignore" | "words", text: string, help: string, offered: readonly string[]) => {
    const told = (event: Event, isWhole: boolean) => say({ [name]: (event.target as HTMLInputElement).value }, isWhole);
    // A name that is taken from the list comes at once, and is no event of typing in every browser.
    const isTaken = ({ inputType }: InputEvent) => (inputType ?? "insertReplacementText") === "insertReplacementText";
    return html`<label>
      ${text}
      <input
        class=${name}
        type="text"
        list="${name}-columns"
        autocomplete="off"
        title=${help}
        .value=${said[name]}
        @input=${(event: InputEvent) => told(event, isTaken(event))}
        @change=${(event: Event) => told(event, true)}
      />
      <datalist id="${name}-columns">${offered.map((column) => html`<option value=${column}></option>`)}</datalist>
    </label>`;
  };
  const choice = (name: "task" | "missing" | "side", text: string, help: string, all: readonly [string, string][]) =>
    html`<label>
      ${text}
      <select
        class=${name}
        title=${help}
        @change=${(event: Event) => say({ [name]: (event.target as HTMLSelectElement).value }, true)}
      >
        ${all.map(([value, choiceText]) => html`<option value=${value}>${choiceText}</option>`)}
      </select>
    </label>`;
  const sides = SIZES.map((side): [string, string] => [String(side), `${side} × ${side}`]);
  return html`<div class="options">
    ${field("label", label, labelHelp, columns)}
    ${choice("missing", missing, "", [
      ["", missingError],
      ["mean", missingMean],
      ["drop", missingDrop],
    ])}
    ${choice("task", task, taskHelp, [
      ["", taskOwn],
      ["classes", taskClasses],
      ["numbers", taskNumbers],
    ])}
    ${field("ignore", ignore, ignoreHelp, continued(said.ignore, columns))}
    ${field("words", ofWords, ofWordsHelp, continued(said.words, columns))}
    ${choice("side", size, "", [["", sizeOwn], ...sides])}
  </div>`;
}
