/**
 * The machines that do one command together: `mpirun -n 4 inkling train …`. All of them do the same, or rank 0 hands
 * out runs (runs.ts); it alone prints and writes. Before the first step they compare what decides the weights; after
 * it, whoever cannot go on ends all.
 */
import { DivergenceError, InklingError, type Network, version } from "inkling";
import type { Backend } from "inkling/backends";
import { blocksOf, dismiss, joinGroup, type Messenger, sharesOf } from "inkling/groups";
import type { MpiGroup } from "inkling-mpi";
import { count } from "../report/terminal.ts";
import { hasInput, rankFrom } from "./launched.ts";

/** What has to be the same everywhere, by name. */
export type Facts = Readonly<Record<string, string>>;

/** What a machine says before the first step. */
type Word = { readonly facts: Facts } | { readonly error: string; readonly code: number };

/** An error that all machines have, and rank 0 says. */
export class MachineError extends InklingError {
  /** Of the command. */
  readonly exitCode: number;

  constructor(sentence: string, exitCode = 2) {
    super("machines", "all to begin alike", "others");
    this.message = sentence;
    this.exitCode = exitCode;
  }
}

export class Machines {
  readonly #group: MpiGroup;
  #hasStarted = false;

  constructor(group: MpiGroup) {
    this.#group = group;
  }

  /** Those that a launcher started beside this one; undefined where there are none, or with --no-mpi. */
  static async of(): Promise<Machines | undefined> {
    if (rankFrom(process.env, process.argv) === undefined || hasInput(process.argv)) return undefined;
    const { launched, startGroup } = await import("inkling-mpi");
    const launch = launched(process.env);
    // One alone needs no MPI.
    if (launch === undefined || launch.size === 1) return undefined;
    const group = await startGroup();
    return group.size === 1 ? undefined : new Machines(group);
  }

  get rank(): number {
    return this.#group.rank;
  }

  get size(): number {
    return this.#group.size;
  }

  /** Whether this is the one that prints and writes. */
  get isFirst(): boolean {
    return this.rank === 0;
  }

  /** What carries the numbers. */
  get text(): string {
    return `${this.size}, over ${this.#group.library}`;
  }

  /** What carries letters from one to another. */
  get messenger(): Messenger {
    return this.#group;
  }

  /** Lets a backend compute with those of the others. */
  join(backend: Backend): void {
    joinGroup(backend, this.#group);
  }

  /**
   * The start: all machines have come so far, and have the same facts. Where one has failed or differs, all throw the
   * same MachineError.
   */
  start(facts: Facts): void {
    const words = this.#words({ facts: { version, ...facts } });
    const [first = {}, ...others] = words.map((word) => ("facts" in word ? word.facts : {}));
    for (const [i, other] of others.entries()) {
      const name = Object.keys(first).find((key) => other[key] !== first[key]);
      if (name === undefined) continue;
      const expected = `${first[name]} for ${name}, as on rank 0`;
      const got = other[name] ?? "none";
      throw new MachineError(`rank ${i + 1}: expected ${expected}, got ${got}. Start all machines alike.`);
    }
  }

  /**
   * An error of this machine. Before the start the others learn of it, which wait there, and all leave; a divergence is
   * everybody's, too, unless each has runs of its own (`isAlone`). Of any other error the others know nothing: whoever
   * throws it ends them. Returns what to throw.
   */
  failed(error: unknown, isAlone = false): unknown {
    const isOfAll = error instanceof MachineError || (error instanceof DivergenceError && !isAlone);
    if (this.#hasStarted && !isOfAll) return error;
    try {
      if (!this.#hasStarted) this.#tell(error);
    } catch (all) {
      this.leave();
      return all;
    }
    this.leave();
    // The first says what all say.
    return this.isFirst ? error : new MachineError("", exitCodeOf(error));
  }

  /** Tells the others of an error. Throws what all throw; of an error that all have, nothing. */
  #tell(error: unknown): void {
    const sentence = error instanceof Error ? error.message : String(error);
    this.#words({ error: sentence, code: exitCodeOf(error) }, sentence);
  }

  /** Waits until all want to leave, and leaves. */
  leave(): void {
    this.#group.barrier();
    this.#group.close();
  }

  /** The first lets the others go, which serve it, and leaves with them. They end with this code. */
  letGo(code: number): void {
    dismiss(this.#group, code);
    this.leave();
  }

  /** What is said of a batch that leaves machines without work; nothing where all have some. */
  idleText(batchSize: number): string | undefined {
    const shares = sharesOf(blocksOf(batchSize), this.size);
    const idle = shares.filter(({ first, end }) => first === end).length;
    if (idle === 0) return undefined;
    const blocks = blocksOf(batchSize);
    const many = blocks === 1 ? "is one block" : `are ${blocks} blocks`;
    return (
      `${idle} of ${this.size} machines have nothing to do: a batch of ${count(batchSize)} examples ${many} of 128, ` +
      `and a block is one machine's. --batch-size ${this.size * 128} would use all.`
    );
  }

  /** Everybody's word. Throws where a machine has failed, unless all have with the sentence `own`. */
  #words(word: Word, own?: string): Word[] {
    const words = this.#texts(JSON.stringify(word)).map((text) => JSON.parse(text) as Word);
    this.#hasStarted = true;
    const errors = words.map((said) => ("error" in said ? said : undefined));
    if (errors.every((said) => said !== undefined && said.error === own)) return words;
    const rank = errors.findIndex((said) => said !== undefined);
    const failed = errors[rank];
    if (failed !== undefined) throw new MachineError(`Rank ${rank}: ${failed.error}`, failed.code);
    return words;
  }

  /** Everybody's text: first how long each is, then all of them. */
  #texts(own: string): string[] {
    const { size } = this.#group;
    const bytes = new TextEncoder().encode(own);
    const counts = new Int32Array(size);
    const fours = Int32Array.from({ length: size }, (_, rank) => 4 * rank);
    const words = { counts: new Int32Array(size).fill(4), offsets: fours };
    this.#group.gather(new Uint8Array(Int32Array.of(bytes.length).buffer), new Uint8Array(counts.buffer), words);
    let end = 0;
    const offsets = counts.map((count) => {
      end += count;
      return end - count;
    });
    const all = new Uint8Array(end);
    this.#group.gather(bytes, all, { counts, offsets });
    return Array.from(offsets, (at, rank) => new TextDecoder().decode(all.subarray(at, at + (counts[rank] ?? 0))));
  }
}

/** That of the command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof MachineError) return error.exitCode;
  if (error instanceof DivergenceError) return 3;
  return error instanceof InklingError ? 2 : 1;
}

/** What decides the weights of a training, by name. */
export async function factsOf(
  model: Network,
  configuration: object,
  digests: Readonly<Record<string, string | null>>,
): Promise<Facts> {
  const { backend } = model;
  const options = Object.entries(configuration).map(([name, value]) => [name, JSON.stringify(value) ?? "none"]);
  const data = Object.entries(digests).map(([name, digest]) => [`data to ${name}`, digest ?? "none"]);
  return {
    ...Object.fromEntries(options),
    ...Object.fromEntries(data),
    arithmetic: backend.arithmetic,
    "first weights": await model.weightsSha256(),
    "epochs before": String(model.training?.epochs ?? 0),
  };
}
