/**
 * One's own data and models: files in, files out. What is read is told to the page, and nothing leaves the machine.
 *
 *   own.model = network   what is saved
 *   events: data-change (OwnData: what is to be learnt), model-change { model }
 */
import { InklingError, type Network } from "inkling";
import { html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import { inWhole } from "../../words/messages.ts";
import { paneStyles } from "../styles.ts";
import { columnsOf } from "./columns.ts";
import { type ModelFormat, modelFormats, readModel, writeModel } from "./models.ts";
import { nothingSaid, optionFields, optionsFrom, type Said } from "./options.ts";
import { noteIn, sentenceOf } from "./phrasing.ts";
import { type Chosen, type ReadData, readOwn } from "./reading.ts";
import { ownStyles } from "./styles.ts";
import { words } from "./words.ts";

/** The event `model-change`. */
export interface ModelDetail {
  readonly model: Network;
}

/** So many names of classes are written out. */
const NAMED = 12;

/** The parts of the pane in which something may go wrong. */
type Part = "data" | "model";

/** So many columns are offered as buttons. */
const OFFERED = 24;

export class InklingOwn extends Figure {
  static override properties = {
    model: { attribute: false },
    found: { state: true },
    columns: { state: true },
    options: { state: true },
    said: { state: true },
    problems: { state: true },
    asks: { state: true },
    isOver: { state: true },
  };

  static override styles = [Figure.styles, paneStyles, ownStyles];

  /** The network that is saved; undefined where there is none yet. */
  declare model: Network | undefined;
  declare found: ReadData | undefined;
  /** Those of the table that was chosen last, whether or not it could be read. */
  declare columns: readonly string[];
  declare options: Said;
  /** What is being done, or was done last. */
  declare said: string;
  declare problems: Readonly<Partial<Record<Part, string>>>;
  /** Whether only the column with the answers is missing. */
  declare asks: boolean;
  declare isOver: boolean;
  /** What was chosen last: it is read again where an option changes. */
  #files: readonly Chosen[] = [];
  /** What was said when they were read. */
  #readWith = nothingSaid;
  /** How often files were read: what was begun before the last time comes too late. */
  #reads = 0;

  constructor() {
    super();
    this.columns = [];
    this.options = nothingSaid;
    this.problems = {};
    this.said = "";
    this.isOver = this.asks = false;
  }

  protected override render(): TemplateResult {
    return html`
      <section>${this.#data()}</section>
      <section>${this.#loading()} ${this.#alert("model")}</section>
      <section>${this.#saving()}</section>
      <p role="status">${this.said}</p>
    `;
  }

  /** What went wrong, beside what it was chosen with. */
  #alert(part: Part): TemplateResult | typeof nothing {
    const sentence = this.problems[part];
    return sentence === undefined ? nothing : html`<p role="alert">${words().failed(sentence)}</p>`;
  }

  #data(): TemplateResult {
    return html`
      <h3>${words().data}</h3>
      <p class="help">${words().dataHelp}</p>
      <div
        class="drop ${this.isOver ? "over" : ""}"
        @dragover=${(event: DragEvent) => this.#over(event, true)}
        @dragleave=${(event: DragEvent) => this.#over(event, false)}
        @drop=${this.#onDrop}
      >
        ${this.#chooser("files", words().files)} ${this.#chooser("folder", words().folder)} <span>${words().drop}</span>
      </div>
      ${this.asks && this.columns.length > 0 ? this.#ask() : this.#alert("data")}
      ${optionFields(this.options, this.columns, this.#say)}
      ${this.found === undefined ? nothing : this.#foundData(this.found)}
    `;
  }

  /** A table was chosen, and nobody has said yet what is to be learnt of it. */
  #ask(): TemplateResult {
    const { columns } = this;
    // The answers often are the last column.
    const offered = columns.length > OFFERED ? [...columns.slice(0, OFFERED - 1), ...columns.slice(-1)] : columns;
    return html`<div class="ask" role="status">
      <p>${words().whichColumn(this.#files[0]?.path ?? "")}</p>
      ${offered.map((column) => html`<button @click=${() => this.#say({ label: column }, true)}>${column}</button>`)}
      ${columns.length > OFFERED ? html`<p class="help">${words().moreColumns(words().label)}</p>` : nothing}
    </div>`;
  }

  /** A button that opens the browser's own dialog. */
  #chooser(kind: "files" | "folder" | "model", text: string): TemplateResult {
    const open = () => this.renderRoot.querySelector<HTMLInputElement>(`input.${kind}`)?.click();
    const change = (event: Event) => {
      const input = event.target as HTMLInputElement;
      const files = Array.from(input.files ?? []);
      // The same file can be chosen again.
      input.value = "";
      if (files.length > 0) void (kind === "model" ? this.#readModel(files[0] as File) : this.#read(files.map(chosen)));
    };
    return html`<button @click=${open}>${text}</button>
      <input
        class="${kind} visually-hidden"
        type="file"
        tabindex="-1"
        aria-label=${text}
        ?multiple=${kind === "files"}
        ?webkitdirectory=${kind === "folder"}
        @change=${change}
      />`;
  }

  /** What a field says now. The files that were chosen are read again as it says. */
  readonly #say = (change: Partial<Said>, isWhole: boolean) => {
    this.options = { ...this.options, ...change };
    // A field that is left as it was read says nothing new: what stands below it stays where it is.
    const isNew = JSON.stringify(this.options) !== JSON.stringify(this.#readWith);
    if (isWhole && isNew && this.#files.length > 0) void this.#read(this.#files);
  };

  /** What was read. Where files were refused after that, it is set apart: it is not of these. */
  #foundData(found: ReadData): TemplateResult {
    const { name, train, test, isHeldOut } = found;
    const { classNames, classes, targetNames, shape } = train;
    const isBefore = this.problems.data !== undefined;
    const names = classNames ?? Array.from({ length: classes }, (_, k) => String(k));
    const some = names.length > NAMED ? `${names.slice(0, NAMED).join(", ")} …` : names.join(", ");
    const answers =
      classes > 0 ? words().classes(inWhole(classes), some) : words().targets((targetNames ?? []).join(", "));
    return html`<div class=${isBefore ? "before" : ""}>
      ${isBefore ? html`<p class="help">${words().before}</p>` : nothing}
      <p class="found">
        <strong>${words().found(name)}</strong> ${words().examples(inWhole(train.count), inWhole(test.count))},
        ${words().shape(shape.join(" × "))}; ${answers}. ${isHeldOut ? words().held : nothing} ${noteIn(train.note)}
        ${areNumbered(train) ? words().orNumbers(words().task) : nothing}
      </p>
      <button class="learn ${isBefore ? "" : "main"}" @click=${() => this.#tell("data-change", found)}>
        ${isBefore ? words().learnBefore(name) : words().learn}
      </button>
    </div>`;
  }

  #loading(): TemplateResult {
    return html`<h3>${words().model}</h3>
      <p class="help">${words().modelHelp}</p>
      ${this.#chooser("model", words().chooseModel)}`;
  }

  #saving(): TemplateResult {
    const texts: Readonly<Record<ModelFormat, readonly [name: string, help: string]>> = {
      safetensors: [words().safetensors, words().safetensorsHelp],
      json: [words().json, words().jsonHelp],
      npz: [words().npz, words().npzHelp],
      onnx: [words().onnx, words().onnxHelp],
      module: [words().module, words().moduleHelp],
    };
    const one = (format: ModelFormat) => html`<button class=${format} @click=${() => this.#save(format)}>
      ${texts[format][0]}<span>${texts[format][1]}</span>
    </button>`;
    return html`<h3>${words().take}</h3>
      <p class="help">${this.model === undefined ? words().noModel : words().takeHelp}</p>
      ${this.model === undefined ? nothing : html`<div class="formats">${modelFormats.map(one)}</div>`}`;
  }

  #over(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    this.isOver = isOver;
  }

  readonly #onDrop = (event: DragEvent) => {
    this.#over(event, false);
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length > 0) void this.#read(files.map(chosen));
  };

  /** Reads files; what was there before stays where they cannot be read. */
  async #read(files: readonly Chosen[]): Promise<void> {
    const read = ++this.#reads;
    if (files !== this.#files) void this.#findColumns(files);
    this.#files = files;
    this.#readWith = this.options;
    const isLast = () => read === this.#reads;
    await this.#attempt(
      "data",
      files[0]?.path ?? "",
      async () => {
        const found = await readOwn(files, optionsFrom(this.options));
        if (!isLast()) return;
        this.found = found;
        this.said = "";
      },
      isLast,
    );
  }

  async #findColumns(files: readonly Chosen[]): Promise<void> {
    this.columns = [];
    const [first] = files;
    if (first === undefined || files.length > 1) return;
    // What is wrong with a file its reader says.
    const columns = await columnsOf(first).catch(() => []);
    if (files === this.#files) this.columns = columns;
  }

  async #readModel(file: File): Promise<void> {
    await this.#attempt("model", file.name, async () => {
      const model = await readModel(file.name, file);
      this.model = model;
      const [network, digest] = [model.specs.map(({ type }) => type).join(" → "), await model.weightsSha256()];
      this.said = words().loaded(file.name, network, digest);
      this.#tell("model-change", { model } satisfies ModelDetail);
    });
  }

  async #save(format: ModelFormat): Promise<void> {
    const { model } = this;
    if (model === undefined) return;
    await this.#attempt("model", "", async () => {
      const { name, bytes, size } = await writeModel(model, format);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([bytes]));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      this.said = words().saved(name, words().kilobytes(inWhole(size / 1000)));
    });
  }

  /** Says what is done and, in one sentence, what went wrong. */
  async #attempt(part: Part, name: string, work: () => Promise<void>, isLast = () => true): Promise<void> {
    this.said = name === "" ? "" : words().reading(name);
    try {
      await work();
      // A refusal stays until that: what stands below it does not jump.
      if (isLast()) this.problems = { ...this.problems, [part]: undefined };
      if (isLast() && part === "data") this.asks = false;
    } catch (error) {
      if (!isLast()) return;
      if (part === "data") this.asks = error instanceof InklingError && error.where === "label" && error.got === "none";
      this.said = "";
      this.problems = { ...this.problems, [part]: sentenceOf(error) };
    }
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/** Whether the classes of a table are whole numbers, which could be predicted as well. */
function areNumbered({ inputs, classNames = [] }: ReadData["train"]): boolean {
  return inputs instanceof Float32Array && classNames.length > 0 && classNames.every((name) => /^-?\d+$/.test(name));
}

function chosen(file: File): Chosen {
  return { path: file.webkitRelativePath || file.name, file };
}

define("inkling-own", InklingOwn);
