/**
 * What one figure keeps in the page's address for itself: properties that the reader sets, under the figure's own keys,
 * as #v=1&digit=18&f26.cures=decay_more&f26.rate=0.3. With the library's equal bits they are enough to compute again
 * what was seen. When one of them changes, all of the figure are written. A value that cannot be is as at first, and the
 * reader is told.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { keep, onAddress } from "./carried.ts";
import type { Expected } from "./notices.ts";
import { tellRefused } from "./notices.ts";

/** One property: what may stand in the address, and what it is called where the reader sets it. */
export interface Field {
  /** The value that a text says; undefined for a text that says none. */
  readonly parse: (text: string) => unknown;
  /** The text of a value; "" for one that is left out. */
  readonly write: (value: never) => string;
  readonly expected: Expected | (() => string);
  readonly label: () => string;
  /** The key, where it is not the figure's name and the property's. */
  readonly key?: string;
}

/** What a text says is given; what it is called is said by the figure. */
type Kind = Omit<Field, "label" | "key">;

/** A number of a range, both ends included. */
export function inRange(from: number, to: number): Kind {
  const parse = (text: string) => within(numberIn(text), from, to);
  return { parse, write: String, expected: { from, to } };
}

/** A whole number of a range, both ends included. */
export function wholeIn(from: number, to: number): Kind {
  const parse = (text: string) => (/^-?\d{1,9}$/.test(text) ? within(Number(text), from, to) : undefined);
  return { parse, write: String, expected: { from, to, isWhole: true } };
}

/** One of several names. */
export function oneOf(names: readonly (string | number)[]): Kind {
  const parse = (text: string) => names.find((name) => String(name) === text);
  return { parse, write: String, expected: { names: names.map(String) } };
}

/** Any of several names, each at most once, in the order of the list. */
export function someOf(names: readonly string[]): Kind {
  const parse = (text: string) => {
    const given = text === NONE ? [] : text.split(BETWEEN);
    const isKnown = given.every((name, i) => names.includes(name) && given.indexOf(name) === i);
    return isKnown ? names.filter((name) => given.includes(name)) : undefined;
  };
  const write = (chosen: readonly string[]) => names.filter((name) => chosen.includes(name)).join(BETWEEN) || NONE;
  return { parse, write, expected: { some: names } };
}

/** Whether something is on. */
export function isOn(): Kind {
  const parse = (text: string) => (text === "1" ? true : text === "0" ? false : undefined);
  return { parse, write: (value: boolean) => (value ? "1" : "0"), expected: { names: ["0", "1"] } };
}

/** So many numbers of a range; a list without any is left out. */
export function numbersIn(count: number, from: number, to: number): Kind {
  const parse = (text: string) => {
    const numbers = text.split(BETWEEN).map((part) => within(numberIn(part), from, to));
    return numbers.length === count && !numbers.includes(undefined) ? numbers : undefined;
  };
  return { parse, write: (values: readonly number[]) => values.join(BETWEEN), expected: { count, from, to } };
}

/** The whole numbers from 0 on, each once, in any order. */
export function orderOf(count: number): Kind {
  const parse = (text: string) => {
    const order = text.split(BETWEEN).map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : -1));
    const isOrder = order.length === count && new Set(order).size === count;
    return isOrder && order.every((place) => place >= 0 && place < count) ? order : undefined;
  };
  return { parse, write: (order: readonly number[]) => order.join(BETWEEN), expected: { orderOf: count } };
}

/** Signs that an address does not escape. */
const [BETWEEN, NONE] = ["_", "none"];

function numberIn(text: string): number {
  return /^-?\d{1,9}(\.\d{1,17})?(e-\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
}

function within(value: number, from: number, to: number): number | undefined {
  return value >= from && value <= to ? value : undefined;
}

type Values = Record<string, unknown>;

/**
 * Keeps these properties of an element in the address, and reads the address at once: the properties have their first
 * values by then. `changed` is called when another address has set some of them.
 */
export function keepInAddress(
  host: ReactiveControllerHost & HTMLElement,
  figure: string,
  fields: Readonly<Record<string, Field>>,
  changed?: () => void,
): void {
  host.addController(new Kept(host, figure, fields, changed));
}

class Kept implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #figure: string;
  readonly #fields: Readonly<Record<string, Field>>;
  readonly #changed: () => void;
  readonly #first: Values;
  /** What the properties were when the address was read or written last; undefined until they are drawn. */
  #said: Readonly<Record<string, string>> | undefined;
  #stop: (() => void) | undefined;

  constructor(
    host: ReactiveControllerHost & HTMLElement,
    figure: string,
    fields: Readonly<Record<string, Field>>,
    changed: () => void = () => {},
  ) {
    [this.#host, this.#figure, this.#fields, this.#changed] = [host, figure, fields, changed];
    const values = host as unknown as Values;
    this.#first = Object.fromEntries(Object.keys(fields).map((name) => [name, values[name]]));
    this.#read();
  }

  hostConnected(): void {
    this.#stop = onAddress(() => {
      this.#read();
      this.#changed();
    });
  }

  hostDisconnected(): void {
    this.#stop?.();
  }

  /** Writes what the reader has changed. */
  hostUpdated(): void {
    const now = this.#texts();
    const before = this.#said;
    this.#said = now;
    if (before === undefined || Object.keys(now).every((key) => now[key] === before[key])) return;
    keep(now);
  }

  #read(hash = globalThis.location?.hash ?? ""): void {
    this.#said = undefined;
    const given = new URLSearchParams(hash.replace(/^#/, ""));
    const isVersioned = given.get("v") !== null;
    for (const [name, field] of Object.entries(this.#fields)) {
      const key = this.#keyOf(name);
      const got = isVersioned ? given.get(key) : null;
      const value = got === null ? undefined : field.parse(got);
      (this.#host as unknown as Values)[name] = value ?? this.#first[name];
      if (got !== null && value === undefined) this.#refuse(key, got, field, this.#first[name]);
    }
  }

  #refuse(key: string, got: string, { label, expected, write }: Field, first: unknown): void {
    const could = typeof expected === "function" ? expected() : expected;
    tellRefused({ key, label: label(), got, instead: write(first as never), expected: could });
  }

  #texts(): Record<string, string> {
    const values = this.#host as unknown as Values;
    const entries = Object.entries(this.#fields);
    return Object.fromEntries(entries.map(([name, { write }]) => [this.#keyOf(name), write(values[name] as never)]));
  }

  #keyOf(name: string): string {
    return this.#fields[name]?.key ?? `${this.#figure}.${name}`;
  }
}
