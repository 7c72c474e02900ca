/**
 * What the studio gives to its panes: the networks that they can look at, the digits that have come, and the example
 * that is looked at. Digits are fetched when a pane is opened that needs them, the first ones first.
 */
import type { Dataset, Network, Optimizer } from "inkling";
import { openDigits } from "../../data/digits.ts";
import type { WeightHistory } from "../../session/protocol.ts";
import { FIRST_PLACE, type Place, type Tab } from "../../state/address.ts";
import { type Example, exampleOf } from "../../state/example.ts";
import { type Experiment, imagesOf } from "../../state/experiment.ts";
import { mnistFacts, type OwnData } from "../../state/own-data.ts";
import type { Rest } from "../draw/nearest.ts";

/** training: what the worker trains; book: the book's; file: one that was loaded. */
export type Source = "training" | "book" | "file";

/** What is looked at in a pane. */
export type Looked = Pick<Material, "test" | "train" | "example">;

/** How many digits the panes begin with, and with how many they go on. */
const [FIRST, ALL, TRAINING] = [1000, 10_000, 10_000];
/** All of MNIST's training digits. */
const WHOLE = mnistFacts.examples;

export class Material {
  readonly #onChange: () => void;
  readonly #digits = openDigits();
  test: Dataset | undefined;
  train: Dataset | undefined;
  /** All training digits that the training learns from: its worker has fetched them, so they are near. */
  #learnt: Dataset | undefined;
  /** So many of them the training needs, from the first one on. */
  #needed = TRAINING;
  /** Whether somebody wants all of them to be searched. */
  #isWhole = false;
  /** What of them has not come. */
  #rest: Rest | undefined;
  /** Of a training set, those that the training learned from. */
  #seen: { readonly of: Dataset; readonly examples: Dataset } | undefined;
  #isSearched = false;
  example: Example | undefined;
  trained: Network | undefined;
  /** Of which step that is. */
  total: number | undefined;
  /** Which of its examples the training learns from, and does not hold out. */
  places: Uint32Array | undefined;
  /** What makes the training's next step. */
  optimizer: Optimizer | undefined;
  /** The course of the weight that was picked last. */
  history: WeightHistory | undefined;
  loaded: Network | undefined;
  /** What the training learns from, where that is not MNIST. */
  #own: OwnData | undefined;
  #ownExample: Example | undefined;
  #book: Network | undefined;
  #bookComes: Promise<void> | undefined;
  #place: Place = FIRST_PLACE;
  /** Whether the digit of that place is to be looked at when it comes: until something else is chosen. */
  #isAwaited = true;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The networks that can be chosen. */
  get sources(): Source[] {
    return ["training", "book", ...(this.loaded === undefined ? [] : ["file" as const])];
  }

  model(source: Source): Network | undefined {
    if (source === "training") return this.trained ?? (this.#own === undefined ? this.#book : undefined);
    return source === "book" ? this.#book : this.loaded;
  }

  /** Another training: what was copied of the one before is of no use any more. */
  begins(experiment: Experiment): void {
    const { data: own, configuration } = experiment;
    this.#seen = undefined;
    this.trained = this.places = this.total = this.optimizer = this.history = this.#ownExample = undefined;
    this.#own = own?.isAdded ? undefined : own;
    if (this.#own === undefined) {
      this.#needed = Math.max(TRAINING, imagesOf(configuration));
    }
    if (this.#isSearched) void this.#loadLearnt().catch(() => {});
  }

  /** The training examples among which the pane that draws looks for the nearest ones. */
  searched(source: Source): Dataset | undefined {
    const { train } = this.looked(source);
    return train === this.train ? (this.#learnt ?? train) : train;
  }

  /** Training examples that are not here yet, and could be searched too. */
  rest(source: Source): Rest | undefined {
    return this.looked(source).train === this.train ? this.#rest : undefined;
  }

  /** Fetches all training digits, to look for the nearest among them. */
  async searchAll(): Promise<void> {
    const rest = this.#rest;
    if (rest === undefined) return;
    this.#isWhole = true;
    this.#rest = { ...rest, isComing: true, problem: undefined };
    this.#onChange();
    try {
      await this.#loadLearnt();
    } catch (error) {
      this.#isWhole = false;
      this.#rest = { ...rest, problem: error instanceof Error ? error.message : String(error) };
      this.#onChange();
    }
  }

  /** The training examples that a network is judged by: only those that it learned from, where that is known. */
  judged(source: Source): Dataset | undefined {
    const { train } = this.looked(source);
    const places = source === "training" ? this.places : undefined;
    if (train === undefined || places === undefined) return train;
    // The same ones again: what is judged is judged once.
    if (this.#seen?.of !== train) {
      const here = places.filter((place) => place < train.count);
      this.#seen = { of: train, examples: here.length === train.count ? train : train.pick(here) };
    }
    return this.#seen.examples;
  }

  /** Whether those that it is judged by are only the first of them. */
  isPart(source: Source): boolean {
    const all = source === "training" && this.places !== undefined ? this.places.length : WHOLE;
    return (this.judged(source)?.count ?? all) < all;
  }

  /** The examples that a pane looks at, with a network from this source: the training's own are its own. */
  looked(source: Source): Looked {
    if (this.#own === undefined || source !== "training") return this;
    const { train, test = this.test } = this.#own;
    return { train, test, example: this.#ownExample };
  }

  /** Looks at an example. Whether it has a place in MNIST, which an address can hold. */
  look(example: Example, source: Source): boolean {
    const isOwn = this.#own !== undefined && source === "training";
    if (isOwn) this.#ownExample = example;
    else {
      this.#isAwaited = false;
      this.example = example;
    }
    return !isOwn && example.set !== "drawn";
  }

  /** Fetches what a pane needs, unless it is there. */
  need(tab: Tab): void {
    if (tab === "train") return;
    this.#bookComes ??= this.#loadBook();
    void this.#bookComes.catch(() => {});
    if (tab === "own") return;
    const loaded = this.#load(tab === "judge" ? ALL : FIRST);
    if (tab === "draw") this.#isSearched = true;
    void loaded.then(() => (this.#isSearched ? this.#loadLearnt() : undefined)).catch(() => {});
  }

  /** The first view, which trains, does without it. */
  async #loadBook(): Promise<void> {
    const { bookModel } = await import("../../data/book-model.ts");
    this.#book = await bookModel();
    this.#onChange();
  }

  get #learns(): number {
    return this.#isWhole ? WHOLE : this.#needed;
  }

  async #loadLearnt(): Promise<void> {
    const count = this.#learns;
    if (this.#learnt?.count === count) return;
    const learnt = await this.#digits.train(count);
    const isWhole = learnt.count >= WHOLE;
    const bytes = isWhole ? 0 : await this.#digits.missing("train", WHOLE);
    if (count !== this.#learns) return;
    this.#learnt = learnt;
    this.#rest = isWhole ? undefined : { count: WHOLE, bytes, isComing: false, problem: undefined };
    this.#onChange();
  }

  /** Looks at the digit of this place as soon as it has come. */
  async show(place: Place): Promise<void> {
    this.#place = place;
    this.#isAwaited = true;
    this.#showPlace();
  }

  async #load(tests: number): Promise<void> {
    const wanted = this.#place.set === "test" ? Math.max(tests, this.#place.index + 1) : tests;
    if ((this.test?.count ?? 0) < wanted) this.test = await this.#digits.test(wanted);
    this.#showPlace();
    const training = this.#place.set === "train" ? Math.max(TRAINING, this.#place.index + 1) : TRAINING;
    if ((this.train?.count ?? 0) < training) this.train = await this.#digits.train(training);
    this.#showPlace();
  }

  #showPlace(): void {
    const { set, index } = this.#place;
    const data = set === "test" ? this.test : this.train;
    if (this.#isAwaited && data !== undefined && index < data.count) {
      this.#isAwaited = false;
      this.example = exampleOf(data, set, index);
    }
    this.#onChange();
  }
}
