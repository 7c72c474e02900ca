/**
 * What is carried from figure to figure: one digit, one hidden neuron and one of its weights, so that a number seen in
 * one figure is met again in the next. It is one store for the whole page; each figure reads it, each may change it,
 * and the address keeps it (#v=1&digit=4&neuron=12&weight=406), so that a page can be sent to somebody as it is. A
 * figure may keep numbers of its own there (kept.ts). A value that cannot be is left out, and the reader is told.
 */
import { words } from "./carried.words.ts";
import { type Refused, tellRefused } from "./notices.ts";

export interface Carried {
  /** A place in the test set: 0 … 9,999. */
  readonly digit: number;
  /** A hidden neuron: 0 … 29. */
  readonly neuron: number;
  /** A pixel, and so one weight of that neuron: 0 … 783. */
  readonly weight: number;
}

/** The first place that is not there. */
const ENDS: Readonly<Record<keyof Carried, number>> = { digit: 10_000, neuron: 30, weight: 784 };
/** A 3 that is nearly read as an 8, the neuron that votes for 3 against 8, and a pixel of its ink. */
const FIRST: Carried = { digit: 18, neuron: 27, weight: 571 };
const VERSION = "1";
/** The address is written this often at most, in milliseconds. */
const WRITTEN_EVERY = 500;

let now: Carried | undefined;
let isWaiting = false;
const listeners = new Set<() => void>();
/** What figures keep in the address for themselves, and the address does not say yet. */
const own = new Map<string, string>();

/** The digit, the neuron and the weight that figures show now. */
export function carried(): Carried {
  if (now === undefined) {
    now = carriedIn(globalThis.location?.hash ?? "", tellRefused);
    globalThis.addEventListener?.("hashchange", readAddress);
  }
  return now;
}

/** Carries something else. A number that is no place changes nothing. */
export function carry(part: Partial<Carried>): void {
  const before = carried();
  const next = { ...before };
  for (const key of keys()) {
    const value = part[key];
    if (value !== undefined && isPlace(key, value)) next[key] = value;
  }
  if (keys().every((key) => next[key] === before[key])) return;
  now = next;
  writeSoon();
  for (const listener of listeners) listener();
}

/** Calls back when the address is another one, until the function that it returns is called. */
export function onAddress(listener: () => void): () => void {
  const listen = () => {
    if (location.hash.startsWith("#v=")) listener();
  };
  addEventListener("hashchange", listen);
  return () => removeEventListener("hashchange", listen);
}

/** Keeps a figure's own values in the address, under these keys; one without a text is left out. */
export function keep(texts: Readonly<Record<string, string>>): void {
  for (const [key, text] of Object.entries(texts)) own.set(key, text);
  writeSoon();
}

/** Calls back at each change, until the function that it returns is called. */
export function onCarried(listener: () => void): () => void {
  carried();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What an address says. What it does not say, or says wrongly, is as at first; `refuse` is told what was wrong. */
export function carriedIn(hash: string, refuse: (refused: Refused) => void = () => {}): Carried {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const found = { ...FIRST };
  const version = given.get("v");
  // A hash that names a heading carries nothing.
  if (version === null) return found;
  if (version !== VERSION) refuse({ version });
  for (const key of keys()) {
    const text = given.get(key);
    if (text === null) continue;
    if (/^\d{1,5}$/.test(text) && isPlace(key, Number(text))) found[key] = Number(text);
    else refuse(refusalOf(key, text));
  }
  return found;
}

function refusalOf(key: keyof Carried, got: string): Refused {
  const expected = { from: 0, to: ENDS[key] - 1, isWhole: true };
  return { key, label: words()[key], got, instead: String(FIRST[key]), expected };
}

/** The hash of an address that says it; what else the hash says stays. */
export function hashOf(state: Carried, hash = ""): string {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const said = given.get("v") === VERSION ? given : new URLSearchParams({ v: VERSION });
  for (const key of keys()) said.set(key, String(state[key]));
  return `#${said}`;
}

function readAddress(): void {
  // A hash that names a heading carries nothing.
  if (!location.hash.startsWith("#v=")) return;
  own.clear();
  const { digit, neuron, weight } = carriedIn(location.hash, tellRefused);
  carry({ digit, neuron, weight });
}

function writeSoon(): void {
  if (!isWaiting) setTimeout(writeAddress, WRITTEN_EVERY);
  isWaiting = true;
}

function writeAddress(): void {
  isWaiting = false;
  if (globalThis.history === undefined) return;
  const said = new URLSearchParams(hashOf(carried(), location.hash).slice(1));
  for (const [key, text] of own) {
    if (text === "") said.delete(key);
    else said.set(key, text);
  }
  own.clear();
  history.replaceState(history.state, "", `#${said}`);
}

function isPlace(key: keyof Carried, value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < ENDS[key];
}

function keys(): (keyof Carried)[] {
  return Object.keys(ENDS) as (keyof Carried)[];
}
