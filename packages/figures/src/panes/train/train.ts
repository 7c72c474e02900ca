/**
 * Trains a network in the page: an experiment to edit, curves and numbers while it learns, what the doctor finds; at
 * the end the digest of the weights, and the command that gives the same on a computer.
 *
 *   <inkling-train></inkling-train>            trains in a session of its own
 *   train.session = session; train.plan = plan  in a page that has one: the studio
 *
 * It tells by the event `plan-change` when another experiment begins.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import "../../parts/about.ts";
import { define, Figure } from "../../parts/figure.ts";
import type { PhasesReport } from "../../session/phases.ts";
import type { Plan, View } from "../../session/protocol.ts";
import { Session } from "../../session/session.ts";
import { firstState, type Part } from "../../state/address.ts";
import type { Experiment } from "../../state/experiment.ts";
import { inWhole } from "../../words/messages.ts";
import "./curves.ts";
import { epochsTable } from "./epochs.ts";
import { digestAndCommand } from "./keep.ts";
import { findingsOf, numbersOf } from "./panels.ts";
import { seriesOf, shareDone, summaryOf, whereLine } from "./said.ts";
import type { ExperimentDetail } from "./settings.ts";
import "./settings.ts";
import { startsFor } from "./starts-list.ts";
import { trainStyles } from "./styles.ts";
import { words } from "./words.ts";

export class InklingTrain extends Figure {
  static override properties = {
    session: { attribute: false },
    plan: { attribute: false },
    at: { attribute: false },
    hiddenParts: { attribute: false },
    isLesson: { type: Boolean, attribute: "lesson" },
    task: { type: String },
    view: { state: true },
    copied: { state: true },
    showsKeys: { state: true },
    learnsFrom: { state: true },
  };

  static override styles = [Figure.styles, trainStyles];

  declare session: Session | undefined;
  declare plan: Plan;
  /** The step to begin at. */
  declare at: number;
  declare hiddenParts: readonly Part[];
  declare isLesson: boolean;
  declare task: string;
  declare view: View | undefined;
  declare copied: string | undefined;
  declare showsKeys: boolean;
  declare private learnsFrom: typeof import("./learns-from.ts").learnsFrom | undefined;
  #owns = false;
  #unwatch: (() => void) | undefined;
  #series: ReturnType<typeof seriesOf> | undefined;
  #seriesOf: unknown;
  /** What a screen reader is told: only when the training comes to rest. */
  #said = "";

  constructor() {
    super();
    this.plan = { experiment: firstState().experiment, changes: [] };
    this.at = 0;
    this.hiddenParts = [];
    this.isLesson = false;
    this.task = "";
    this.showsKeys = false;
    this.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#unwatch = undefined;
    if (this.#owns) this.session?.close();
    if (this.#owns) this.session = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (this.session === undefined && this.isConnected) {
      this.session = new Session();
      this.#owns = true;
      void this.session.open(this.plan, this.at).catch(() => {});
    }
    if (changed.has("session") || this.#unwatch === undefined) this.#watch();
    // Only data of one's own need it.
    if (changed.has("plan") && this.plan.experiment.data !== undefined)
      this.#quietly(import("./learns-from.ts").then((own) => Object.assign(this, own)));
  }

  #watch(): void {
    this.#unwatch?.();
    const { session } = this;
    if (session === undefined) return;
    this.view = session.view;
    this.#unwatch = session.watch((view) => {
      // What was measured last may come after the training has come to rest.
      if (["paused", "done"].includes(view.phase)) this.#said = summaryOf(view);
      this.view = view;
    });
  }

  protected override render(): TemplateResult {
    const { view, session } = this;
    if (view === undefined || session === undefined) return html``;
    const shown = (part: Part, content: () => unknown) => (this.hiddenParts.includes(part) ? nothing : content());
    return html`
      ${this.task === "" ? nothing : html`<p class="task">${this.task}</p>`}
      ${this.isLesson ? html`<p class="quiet">${words().locked}</p>` : nothing} ${this.#from()}
      ${shown("controls", () => this.#bar(view))} ${this.#alert(view)}
      <p class="visually-hidden" role="status">${this.#said}</p>
      ${view.phases === undefined ? nothing : this.#phases(view.phases)}
      <div class="board">
        <div class="stack">
          ${shown("numbers", () => numbersOf(view))} ${shown("curves", () => this.#curves(session))}
          ${shown("command", () => digestAndCommand(view, this.plan.experiment, (text) => this.#copy(text)))}
        </div>
        <div class="stack options">
          ${shown("settings", () => this.#settings())} ${shown("doctor", () => findingsOf(view))}
        </div>
      </div>
    `;
  }

  /** What it learns from, or what one can start from. */
  #from(): TemplateResult | typeof nothing {
    const { data } = this.plan.experiment;
    const leave = () => this.#begin(firstState().experiment);
    if (data !== undefined) return this.learnsFrom?.(data, this.isLesson ? undefined : leave) ?? nothing;
    return this.isLesson || this.hiddenParts.includes("presets")
      ? nothing
      : startsFor(this.plan.experiment, this.#begin);
  }

  #bar(view: View): TemplateResult {
    const { phase, total, phases } = view;
    const [isRunning, rests] = [phase === "running" || phase === "working", phase === "paused"];
    const isAveraged = this.plan.experiment.configuration.average > 0;
    const canPhase = rests && !isAveraged;
    const isBegun = phases !== undefined && phases.done !== "update";
    const canGoBack = (total > 0 || isBegun) && ["paused", "running", "done", "diverged"].includes(phase);
    const next = phase === "done" ? words().startAgain : total > 0 ? words().goOn : words().start;
    // Not disabled: a button that has the focus keeps it when it has nothing to do.
    const button = (
      text: string,
      isOn: boolean,
      act: () => void,
      kind = "",
      title: string | typeof nothing = nothing,
    ) => html`
      <button class=${kind} title=${title} aria-disabled=${!isOn} @click=${() => isOn && act()}>${text}</button>
    `;
    return html`
      <div class="bar" role="group" aria-label=${words().controls}>
        ${button(isRunning ? words().pause : next, isRunning || rests || phase === "done", this.#toggle, "main")}
        ${button(words().phase, canPhase, this.#phase, "", isAveraged ? words().phaseAveraged : words().phaseIs)} ${button(words().step, rests, () => this.#run("step"))}
        ${button(words().epoch, rests, () => this.#run("epoch"))}
        ${button(words().back, canGoBack, () => this.#back(1))} ${button(words().backMany, canGoBack, () => this.#back(100))}
        ${button(words().reset, total > 0, () => this.#begin(this.plan.experiment))}
        <button
          title=${words().keysShown}
          aria-label=${words().keysShown}
          aria-expanded=${this.showsKeys}
          @click=${this.#toggleKeys}
        >?</button>
        <div class="where">
          ${whereLine(view)}
          <div class="track"><i style="width: ${(100 * shareDone(view)).toFixed(2)}%"></i></div>
        </div>
      </div>
      ${this.showsKeys ? html`<p role="status">${words().keys}</p>` : nothing}
    `;
  }

  #phases(report: PhasesReport): TemplateResult {
    const { configuration, data } = this.plan.experiment;
    return html`<inkling-phases
      .report=${report}
      .configuration=${configuration}
      .classNames=${data?.train.classNames}
    ></inkling-phases>`;
  }

  #alert({ phase, divergence, problem }: View): TemplateResult | typeof nothing {
    if (divergence !== undefined) {
      const { epoch, step, layer, sentence } = divergence;
      const [e, s] = [inWhole(epoch), inWhole(step)];
      return html`<div class="alert" role="alert">
        <p>${layer === undefined ? words().divergedLoss(e, s) : words().diverged(e, s, layer)}</p>
        <p>${sentence}</p>
        <button @click=${() => this.#back(100)}>${words().back100}</button>
        <button class="main" @click=${() => this.#quietly(this.session?.halveRate(100))}>${words().halve}</button>
      </div>`;
    }
    if (phase !== "lost" && phase !== "failed") return nothing;
    const again = phase === "lost" ? () => this.session?.goOn() : () => this.session?.open(this.plan);
    return html`<div class="alert" role="alert">
      <p>${problem}</p>
      <button class="main" @click=${() => this.#quietly(again())}>
        ${phase === "lost" ? words().lostGoOn : words().again}
      </button>
    </div>`;
  }

  #settings(): TemplateResult {
    return html`<section>
      <h3>${words().settings}</h3>
      <inkling-settings
        .experiment=${this.#edited()}
        ?isLocked=${this.isLesson}
        @experiment=${this.#onExperiment}
      ></inkling-settings>
    </section>`;
  }

  /** The experiment with the learning rate that is valid now. */
  #edited(): Experiment {
    const { experiment } = this.plan;
    const rate = this.view?.rate;
    if (!rate || rate === experiment.configuration.learningRate) return experiment;
    return { ...experiment, configuration: { ...experiment.configuration, learningRate: rate } };
  }

  #curves(session: Session): TemplateResult {
    const { curve, view } = session;
    // A view a frame, a curve now and then: only that one is drawn.
    if (this.#series === undefined || this.#seriesOf !== curve) this.#series = seriesOf(session);
    this.#seriesOf = curve;
    const { loss, accuracy } = this.#series;
    const end = Math.max(1, view.epochs);
    return html`<section aria-label=${words().curves}>
      <div class="curves">
        <inkling-curves data-quantity="curves" .label=${words().lossCurve} .series=${loss} .end=${end}></inkling-curves>
        ${
          view.task === "classes"
            ? html`<inkling-curves data-quantity="curves" .label=${words().accuracyCurve} .series=${accuracy} .end=${end} ?isShare=${true}></inkling-curves>`
            : nothing
        }
      </div>
      <details>
        <summary>${words().table}</summary>
        ${epochsTable(view.epochsDone, view.task)}
      </details>
      <inkling-about .texts=${words()}></inkling-about>
    </section>`;
  }

  #copy(text: string): TemplateResult {
    const copy = async () => {
      await navigator.clipboard?.writeText(text).catch(() => {});
      this.copied = text;
    };
    return html`<button @click=${copy}>${this.copied === text ? words().copied : words().copy}</button>`;
  }

  readonly #begin = (experiment: Experiment): void => {
    this.plan = { experiment, changes: [] };
    this.at = 0;
    this.dispatchEvent(new CustomEvent("plan-change", { detail: this.plan, bubbles: true, composed: true }));
    this.#quietly(this.session?.open(this.plan));
  };

  readonly #toggle = () => {
    const { phase } = this.view ?? {};
    if (phase === "running" || phase === "working") this.#quietly(this.session?.pause());
    if (phase === "done") this.#begin(this.plan.experiment);
    if (phase === "paused" || phase === "done") this.#run("end");
  };

  #run(until: "step" | "epoch" | "end"): void {
    this.#quietly(this.session?.run(until));
  }

  readonly #toggleKeys = () => {
    this.showsKeys = !this.showsKeys;
  };

  /** What shows the phases is loaded with the first of them. */
  readonly #phase = () => {
    this.#quietly(import("./phases.ts"));
    this.#quietly(this.session?.phase());
  };

  #back(steps: number): void {
    this.#quietly(this.session?.back(steps));
  }

  /** What went wrong stands in the view. */
  #quietly(work: Promise<unknown> | undefined): void {
    void work?.catch(() => {});
  }

  readonly #onExperiment = ({ detail }: CustomEvent<ExperimentDetail>) => {
    const rate = detail.experiment.configuration.learningRate;
    if (detail.field === "learningRate" && (this.view?.total ?? 0) > 0) this.#quietly(this.session?.setRate(rate));
    else this.#begin(detail.experiment);
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || this.hiddenParts.includes("controls")) return;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    const isPressed = target instanceof HTMLButtonElement || (target as Element).localName === "summary";
    const rests = this.view?.phase === "paused";
    const keys: Readonly<Record<string, () => void>> = {
      p: this.#toggle,
      b: () => this.#back(1),
      f: () => rests && this.plan.experiment.configuration.average === 0 && this.#phase(),
      "?": this.#toggleKeys,
      // A button that has the focus is pressed by the space bar.
      ...(!isPressed && { " ": () => rests && this.#run("step") }),
    };
    const action = keys[event.key.toLowerCase()];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
}

define("inkling-train", InklingTrain);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-train": InklingTrain;
  }
}
