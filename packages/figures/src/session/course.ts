/**
 * The weights at evenly spaced steps of a training, to show how each of them moved. (The moments of snapshots.ts, to
 * which it can go back, are many near the present and few far from it, and a short training has hardly any.)
 */
import type { Network } from "inkling";
import type { Numbers } from "inkling/backends";

/** How many moments, where they fit into so many bytes. */
const [MOST, LIMIT] = [64, 2 ** 25];

interface Moment {
  readonly total: number;
  readonly tensors: ReadonlyMap<string, Numbers>;
}

/** The weights and statistics, by name, after so many steps. */
export interface CourseMoment {
  readonly total: number;
  readonly tensors: readonly (readonly [name: string, values: Numbers])[];
}

export class Course {
  /** Steps between two moments. */
  readonly every: number;
  #moments: Moment[] = [];

  /** Of a training of so many steps, of a network of so many numbers. */
  constructor(steps: number, numbers: number) {
    const moments = Math.max(1, Math.min(MOST, Math.floor(LIMIT / (4 * numbers))));
    this.every = Math.max(1, Math.ceil(steps / moments));
  }

  /** Keeps the weights after this step, if it is one of those; later ones are forgotten. */
  async note(total: number, { tensors, backend }: Network): Promise<void> {
    if (total % this.every !== 0) return;
    this.forgetFrom(total);
    const values = tensors.map(async ({ name, value }) => [name, (await backend.read(value)).slice()] as const);
    this.#moments.push({ total, tensors: new Map(await Promise.all(values)) });
  }

  /** Forgets what was at or after this step. */
  forgetFrom(total: number): void {
    this.#moments = this.#moments.filter((moment) => moment.total < total);
  }

  /** The moments before step `end`, at most so many, evenly spaced, the beginning among them. */
  all(end: number, most: number): CourseMoment[] {
    const moments = this.#moments.filter(({ total }) => total < end);
    const every = Math.max(1, Math.ceil(moments.length / most));
    return moments.filter((_, i) => i % every === 0).map(({ total, tensors }) => ({ total, tensors: [...tensors] }));
  }

  /** One number of a tensor before step `end`: after how many steps, and what it was. */
  of(tensor: string, place: number, end: number): (readonly [step: number, value: number])[] {
    return this.#moments.flatMap(({ total, tensors }) => {
      const value = tensors.get(tensor)?.[place];
      return value === undefined || total >= end ? [] : [[total, value] as const];
    });
  }
}
