/**
 * The studio: one network that learns, and panes that look at it. It holds the session, gives each pane what it needs
 * (network, digits, the example that is looked at), and keeps all of its state in the address, so that it can be sent
 * to a friend (state/address.ts). A pane is loaded when its tab is first opened.
 *
 *   <inkling-studio></inkling-studio>
 */
import type { Network } from "inkling";
import { html, nothing, type TemplateResult } from "lit";
import { figureNames, loadFigure } from "../../loader.ts";
import { define, Figure } from "../../parts/figure.ts";
import { type Plan, stands, type View } from "../../session/protocol.ts";
import { Session } from "../../session/session.ts";
import { fromHash, type StudioState, type Tab, tabs } from "../../state/address.ts";
import { AddressWriter } from "../../state/address-writer.ts";
import type { Example } from "../../state/example.ts";
import type { OwnData } from "../../state/own-data.ts";
import type { WeightPickDetail } from "../inside/looking.ts";
import { networkChooser, noticesOf } from "./chooser.ts";
import { Copying } from "./copying.ts";
import { Material, type Source } from "./material.ts";
import { keptDrawings, trainingOn } from "./own-training.ts";
import { studioStyles } from "./styles.ts";
import { words } from "./words.ts";

export class InklingStudio extends Figure {
  static override properties = {
    state: { state: true },
    notices: { state: true },
    view: { state: true },
    source: { state: true },
    failed: { state: true },
  };

  static override styles = [Figure.styles, studioStyles];

  declare state: StudioState;
  declare notices: readonly string[];
  declare view: View | undefined;
  /** Which network the panes look at. */
  declare source: Source | undefined;
  /** Panes whose code did not come. */
  declare failed: readonly Tab[];
  readonly #address = new AddressWriter();
  readonly #material = new Material(() => this.requestUpdate());
  readonly #opened = new Set<Tab>();
  #session: Session | undefined;
  readonly #copying = new Copying(this.#material, () => this.requestUpdate());

  constructor() {
    super();
    this.notices = [];
    this.failed = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#read);
    addEventListener("pagehide", this.#flush);
    this.#session = new Session();
    this.#session.watch((view) => this.#take(view));
    this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#read);
    removeEventListener("pagehide", this.#flush);
    this.#address.end();
    this.#session?.close();
  }

  readonly #flush = () => this.#address.flush();

  /** Takes the state from the address: at the beginning, and when somebody puts another one there. */
  readonly #read = () => {
    const { state, notices } = fromHash(location.hash);
    this.state = state;
    this.notices = notices;
    this.#train();
    void this.#material.show(state.place);
    this.#open(this.#tabs.includes(state.tab) ? state.tab : (this.#tabs[0] ?? "train"));
    if (state.needs !== undefined) void this.#lookForKept(state);
  };

  /** Opens the session with what the state says. */
  #train(): void {
    const { experiment, changes, at } = this.state;
    this.#copying.forget();
    this.#material.begins(experiment);
    void this.#session?.open({ experiment, changes }, at).catch(() => {});
  }

  /** An address that needs drawings finds them where they are kept. */
  async #lookForKept({ needs }: StudioState): Promise<void> {
    const found = needs && (await keptDrawings(needs).catch(() => undefined));
    if (found !== undefined && needs === this.state.needs) await this.#learn(found);
  }

  /** Trains on data of one's own. */
  async #learn(data: OwnData): Promise<void> {
    const { notices, ...training } = await trainingOn(data, this.state.needs);
    this.notices = notices;
    this.#change({ ...training, needs: undefined });
    this.#train();
  }

  /** The panes that there are, and that the address does not hide. */
  get #tabs(): Tab[] {
    return tabs.filter((tab) => figureNames.includes(tab) && !this.state.hidden.includes(tab));
  }

  #open(tab: Tab): void {
    this.#opened.add(tab);
    this.#change({ tab });
    this.#material.need(tab);
    const others = () => this.failed.filter((name) => name !== tab);
    loadFigure(tab).then(
      () => {
        this.failed = others();
      },
      () => {
        this.failed = [...others(), tab];
      },
    );
    if (this.view !== undefined) this.#copy(this.view);
  }

  #change(change: Partial<StudioState>): void {
    this.state = { ...this.state, ...change };
    this.#address.write(this.state);
  }

  #take(view: View): void {
    this.view = view;
    if (stands(view) || view.phase === "running") this.#change({ at: view.total, changes: view.changes });
    this.#copy(view);
  }

  /** Where a pane shows the worker's network, it is copied to the page. */
  #copy(view: View): void {
    if (this.state.tab === "train" || this.#session === undefined) return;
    const isFamiliar = ["draw", "own"].includes(this.state.tab);
    void this.#copying.follow(this.#session, view, this.state.experiment, isFamiliar);
  }

  /** What the panes look at, if nobody has chosen: the book's network until one's own has learned something. */
  get #source(): Source {
    return this.source ?? ((this.view?.total ?? 0) > 0 ? "training" : "book");
  }

  protected override render(): TemplateResult {
    const { tab } = this.state;
    return html`<div class="studio">
      ${noticesOf(this.notices, () => {
        this.notices = [];
      })}
      <div class="tabs" role="tablist" aria-label=${words().tabs} @keydown=${this.#onKey}>
        ${this.#tabs.map(
          (name) => html`<button
            role="tab"
            id="tab-${name}"
            aria-controls="pane-${name}"
            aria-selected=${name === tab}
            tabindex=${name === tab ? 0 : -1}
            @click=${() => this.#open(name)}
          >
            ${words()[name]}
          </button>`,
        )}
      </div>
      ${this.#tabs.map((name) => this.#panel(name, tab))}
    </div>`;
  }

  /** A pane that was never opened keeps its place, so that opening it makes no other one anew. */
  #panel(name: Tab, tab: Tab): TemplateResult | typeof nothing {
    if (!this.#opened.has(name)) return nothing;
    return html`<section role="tabpanel" id="pane-${name}" aria-labelledby="tab-${name}" ?hidden=${name !== tab}>
      ${name === "train" || name === "own" ? nothing : this.#chooser(name)} ${this.#pane(name)}
    </section>`;
  }

  #chooser(pane: Tab): TemplateResult {
    const choose = (source: Source) => {
      this.source = source;
    };
    const { sources } = this.#material;
    // Of the weights that the pane shows: a training that runs has gone on since.
    const total = this.#material.total ?? this.view?.total ?? 0;
    return networkChooser({ pane, sources, chosen: this.#source, total, choose });
  }

  #pane(name: Tab): TemplateResult {
    if (this.failed.includes(name)) return html`<p role="alert">${words().failed}</p>`;
    const { test, train, example } = this.#material.looked(this.#source);
    const model = this.#material.model(this.#source);
    switch (name) {
      case "train":
        return html`<inkling-train
          .session=${this.#session}
          .plan=${this.#session?.plan ?? this.#plan}
          .hiddenParts=${this.state.hidden}
          ?lesson=${this.state.isLesson}
          .task=${this.state.task}
          @plan-change=${this.#onPlan}
        ></inkling-train>`;
      case "draw":
        return html`<inkling-draw
          .model=${model}
          .test=${test}
          .train=${this.#material.searched(this.#source)}
          .rest=${this.#material.rest(this.#source)}
          canLearn
          ?canLook=${this.#tabs.includes("inside")}
          @example-change=${this.#onExample}
          @look-wanted=${() => this.#goTo("inside")}
          @rest-wanted=${this.#onRest}
          @data-change=${this.#onData}
        ></inkling-draw>`;
      case "inside":
        return html`<inkling-inside
          .model=${model}
          .test=${test}
          .train=${train}
          .example=${example}
          .optimizer=${this.#ofTraining("optimizer")}
          .history=${this.#ofTraining("history")}
          @example-change=${this.#onExample}
          @weight-pick=${this.#onWeight}
        ></inkling-inside>`;
      case "judge":
        return html`<inkling-judge
          .model=${model}
          .test=${test}
          .train=${this.#material.judged(this.#source)}
          ?isPart=${this.#material.isPart(this.#source)}
          .course=${this.#ofTraining("optimizer") === undefined ? undefined : this.#course}
          @example-change=${this.#onExample}
        ></inkling-judge>`;
      default:
        return html`<inkling-own .model=${model} @model-change=${this.#onModel} @data-change=${this.#onData}></inkling-own>`;
    }
  }

  /** What only the network of the training has. */
  #ofTraining<Name extends "optimizer" | "history">(name: Name): Material[Name] | undefined {
    return this.#source === "training" && this.#material.trained !== undefined ? this.#material[name] : undefined;
  }

  readonly #course = async (most: number) => (await this.#session?.course(most)) ?? [];

  get #plan(): Plan {
    return { experiment: this.state.experiment, changes: this.state.changes };
  }

  readonly #onPlan = ({ detail }: CustomEvent<Plan>) => {
    this.#change({ experiment: detail.experiment, changes: detail.changes, at: 0, needs: undefined });
    this.#copying.forget();
    this.#material.begins(detail.experiment);
  };

  readonly #onExample = ({ detail }: CustomEvent<Example>) => {
    const { set, index } = detail;
    const hasPlace = this.#material.look(detail, this.#source);
    if (hasPlace && set !== "drawn") this.#change({ place: { set, index } });
    this.requestUpdate();
  };

  readonly #onRest = () => void this.#material.searchAll();

  readonly #onData = async ({ detail }: CustomEvent<OwnData>) => {
    await this.#learn(detail);
    await this.#goTo("train");
  };

  readonly #onWeight = ({ detail }: CustomEvent<WeightPickDetail>) => {
    if (this.#session !== undefined) void this.#copying.pick(this.#session, detail);
  };

  readonly #onModel = ({ detail }: CustomEvent<{ readonly model: Network }>) => {
    this.#material.loaded = detail.model;
    this.source = "file";
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const all = this.#tabs;
    const at = all.indexOf(this.state.tab);
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % all.length,
      ArrowLeft: (at + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = all[moves[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    void this.#goTo(next);
  };

  /** Opens a pane and goes to its tab. */
  async #goTo(tab: Tab): Promise<void> {
    this.#open(tab);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
  }
}

define("inkling-studio", InklingStudio);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-studio": InklingStudio;
  }
}
