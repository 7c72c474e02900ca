/**
 * What a training learns from, where that is not MNIST alone: examples of one's own, in place of MNIST's or besides
 * them. An address names them and cannot carry them.
 */
import { Dataset, type Shape } from "inkling";

export interface OwnData {
  /** What it is called: the file's name, or the drawings. */
  readonly name: string;
  readonly train: Dataset;
  /** What it is tested on; MNIST's test images if absent. */
  readonly test?: Dataset | undefined;
  /** Whether MNIST's training images are learnt too, before these. */
  readonly isAdded: boolean;
  /** Whether the test was drawn from the only set that there was, by the seed 1. */
  readonly isHeldOut: boolean;
  /**
   * The words by which the command line reads the same examples, as `flowers.csv --label kind`; undefined where it has
   * none.
   */
  readonly command?: readonly string[] | undefined;
  /**
   * Whether somebody said that the answers are classes, or that they are numbers, whatever they look like. The command
   * says it by the loss.
   */
  readonly isTaskSaid?: boolean | undefined;
  /** The beginning of the training examples' SHA-256, by which an address knows them again. */
  readonly digest?: string | undefined;
}

/** What is known of the examples before any of them has come. */
export interface Facts {
  /** Of one example. */
  readonly shape: Shape;
  readonly outputs: number;
  readonly task: "classes" | "numbers";
  /** As many as the field `examples` can ask for. */
  readonly examples: number;
}

export const mnistFacts: Facts = { shape: [28, 28, 1], outputs: 10, task: "classes", examples: 60_000 };

export function factsOf(data: OwnData | undefined): Facts {
  if (data === undefined || data.isAdded) return mnistFacts;
  const { shape, outputs, task = "classes", count } = data.train;
  return { shape, outputs, task, examples: count };
}

/** Data as they come out of a message, which takes away what data sets can do. */
export function received(data: OwnData): OwnData {
  return { ...data, train: new Dataset({ ...data.train }), test: data.test && new Dataset({ ...data.test }) };
}

/** Both, one after the other. Throws a ShapeError or DataError of the library's where they do not fit. */
export function joined(first: Dataset, second: Dataset): Dataset {
  const { inputs, labels } = first;
  const all = new Uint8Array(inputs.length + second.inputs.length);
  all.set(inputs);
  all.set(second.inputs, inputs.length);
  const answers = [...(labels ?? []), ...(second.labels ?? [])];
  return new Dataset({ ...first, name: `${first.name}, ${second.name}`, inputs: all, labels: answers });
}

/** SHA-256 in the length that an address has; undefined in a page without https, which has no digests. */
export async function digestOf(data: Dataset): Promise<string | undefined> {
  return (await data.sha256().catch(() => undefined))?.slice(0, 16);
}
