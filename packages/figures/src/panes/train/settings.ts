/**
 * An experiment to edit: one control for each field that does something, read and checked by the library's own table of
 * fields. It tells by the event `experiment` when there is another one; a value that cannot be is refused beside its
 * control.
 */
import { buildLoss, type Configuration, dashed, fieldNames, fields } from "inkling/presets";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import { changed, type Experiment, type FieldName, inWords, isUsed } from "../../state/experiment.ts";
import { labels } from "../../state/labels.ts";
import { type Facts, factsOf } from "../../state/own-data.ts";
import { refusalOf } from "../../state/trainable.ts";
import { inWhole, messages } from "../../words/messages.ts";
import { words } from "./words.ts";

/** The event `experiment`: another one, and the only field that differs where nothing has to begin again. */
export interface ExperimentDetail {
  readonly experiment: Experiment;
  readonly field: FieldName;
}

const main = [
  ...["layers", "activation", "loss", "init", "optimizer", "learningRate", "schedule", "batchSize", "epochs"],
  ...["examples", "seed"],
] as const satisfies readonly FieldName[];
type Main = (typeof main)[number];

/** Numbers of images that are offered; others come by address. */
const IMAGES = ["100", "1000", "10000", "30000", "all"];

export class InklingSettings extends Figure {
  static override properties = {
    experiment: { attribute: false },
    isLocked: { type: Boolean },
    refused: { state: true },
    helped: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9.5em, 1fr));
        gap: 0.7em 1em;
        margin: 0;
        padding: 0;
        border: 0;
      }
      label {
        display: grid;
        align-content: start;
        font-size: 0.88em;
      }
      :is(select, input:not([type="checkbox"])) {
        width: 100%;
        min-width: 0;
        font-size: 1.06em;
        color: var(--text);
      }
      :disabled {
        opacity: 0.65;
      }
      input[type="checkbox"] {
        width: 24px;
        height: 24px;
        margin: 10px 0;
        accent-color: var(--text);
      }
      summary {
        min-height: 44px;
        padding: 0.7em 0;
        cursor: pointer;
      }
      .help {
        min-height: 3em;
        margin: 0.6em 0 0;
        color: var(--quiet);
        font-size: 0.85em;
      }
      .problem {
        color: var(--text);
        border-inline-start: 3px solid var(--negative);
        padding-inline-start: 0.5em;
      }
    `,
  ];

  declare experiment: Experiment;
  declare isLocked: boolean;
  declare refused: { readonly field: FieldName; readonly sentence: string } | undefined;
  declare helped: FieldName | undefined;

  constructor() {
    super();
    this.isLocked = false;
  }

  protected override render(): TemplateResult {
    const { configuration } = this.experiment;
    const used = fieldNames.filter(
      (name) => !(main as readonly string[]).includes(name) && isUsed(name, configuration),
    );
    const text = this.helped === undefined ? words().settingsHelp : help(this.helped);
    return html`
      <fieldset ?disabled=${this.isLocked} @focusin=${this.#onFocus}>
        ${main.map((name) => this.#field(name, labels()[name as Main]))}
      </fieldset>
      <p class="help">${text}</p>
      <details>
        <summary>${words().more}</summary>
        <fieldset ?disabled=${this.isLocked} @focusin=${this.#onFocus}>
          ${used.map((name) => this.#field(name, html`<span translate="no">${dashed(name)}</span>`))}
        </fieldset>
      </details>
    `;
  }

  #field(name: FieldName, label: unknown): TemplateResult {
    const sentence = this.refused?.field === name ? this.refused.sentence : undefined;
    return html`<label>
      ${label} ${this.#control(name)} ${name === "examples" ? this.#heldOut() : nothing}
      ${sentence === undefined ? nothing : html`<span class="problem" role="alert">${sentence}</span>`}
    </label>`;
  }

  /** How many of the examples are not learnt. */
  #heldOut(): TemplateResult | typeof nothing {
    const { validation } = this.experiment.configuration;
    return validation > 0 ? html`<span class="quiet">${words().heldOut(inWhole(validation))}</span>` : nothing;
  }

  #control(name: FieldName): TemplateResult {
    const value = this.experiment.configuration[name];
    const isWrong = this.refused?.field === name;
    if (typeof value === "boolean") {
      return html`<input type="checkbox" name=${name} .checked=${value} aria-description=${help(name)} @change=${this.#onChange} />`;
    }
    const facts = factsOf(this.experiment.data);
    const choices = choicesOf(name, inWords(value), facts);
    if (choices.length > 0) {
      return html`<select name=${name} aria-description=${help(name)} @change=${this.#onChange}>
        ${choices.map((choice) => {
          return html`<option value=${choice} translate=${name === "examples" ? nothing : "no"} ?selected=${choice === inWords(value)}>${shown(name, choice, facts)}</option>`;
        })}
      </select>`;
    }
    return html`<input
      name=${name}
      autocomplete="off"
      spellcheck="false"
      .value=${inWords(value)}
      aria-description=${help(name)}
      aria-invalid=${isWrong ? "true" : nothing}
      @change=${this.#onChange}
    />`;
  }

  readonly #onFocus = (event: FocusEvent) => {
    const { name } = event.target as HTMLInputElement;
    if (name in fields) this.helped = name as FieldName;
  };

  readonly #onChange = (event: Event) => {
    const control = event.currentTarget as HTMLInputElement;
    const name = control.name as FieldName;
    const word = control.type === "checkbox" ? String(control.checked) : control.value.trim();
    const { parse, holds, expected } = fields[name];
    const value = parse(word);
    if (!holds(value)) return this.#refuse(name, expected, word);
    const experiment = changed(this.experiment, { [name]: value } as Partial<Configuration>);
    const refusal = refusalOf(experiment.configuration, factsOf(experiment.data));
    if (refusal !== undefined) return this.#refuse(name, refusal.expected, refusal.got);
    this.refused = undefined;
    const detail: ExperimentDetail = { experiment, field: name };
    this.dispatchEvent(new CustomEvent("experiment", { detail, bubbles: true, composed: true }));
  };

  #refuse(field: FieldName, expected: string, got: string): void {
    this.refused = { field, sentence: words().refused(expected, got === "" ? '""' : got) };
  }
}

/** What a field means: its help on the command line, as a message that can be translated. */
function help(name: FieldName): string {
  return helps()[name] ?? fields[name].help;
}

const helps = messages("fields", Object.fromEntries(fieldNames.map((name) => [name, fields[name].help])));

/** The values that a field has where they are few; the one that it has is among them. */
function choicesOf(name: FieldName, value: string, { task, examples }: Facts): string[] {
  if (name === "examples") {
    const some = IMAGES.filter((count) => count === "all" || Number(count) < examples);
    return some.includes(value) ? some : [...some, value];
  }
  const { expected } = fields[name];
  if (!expected.startsWith("one of ")) return [];
  const all = expected.slice("one of ".length).split(", ");
  return name === "loss" ? all.filter((loss) => buildLoss({ loss: loss as never }).task === task) : all;
}

function shown(name: FieldName, choice: string, { examples }: Facts): string {
  if (name !== "examples") return choice;
  return choice === "all" ? words().allImages(inWhole(examples)) : inWhole(Number(choice));
}

define("inkling-settings", InklingSettings);
