/**
 * All that figures say, in messages that can be translated. Each room has a file of its own with its English messages
 * (words.ts); a translation gives the same names for as many of them as it has, and English stands in for the rest: as
 * it is for readers, in brackets for those who translate.
 * Numbers are written as the language writes them; formulas are the same in all.
 */

/** A message: a text, or what makes one of values. */
type Message = string | ((...values: never[]) => string);
type Messages = Readonly<Record<string, Message>>;

/** Of each room, the messages that are translated. */
export type Translation = Readonly<Record<string, Messages>>;

let language = "en";
let translation: Translation = {};
let marksMissing = false;
const english = new Map<string, Messages>();
const listeners = new Set<() => void>();

/** Declares a room's English messages; what it returns gives them in the language that is chosen now. */
export function messages<Own extends Messages>(room: string, own: Own): () => Own {
  english.set(room, own);
  return () => {
    const translated = translation[room];
    if (translated === undefined && !marksMissing) return own;
    return { ...(marksMissing ? marked(own) : own), ...(translated as Partial<Own>) };
  };
}

/** The same messages, in brackets. */
function marked<Own extends Messages>(own: Own): Own {
  const inBrackets = (message: Message): Message => {
    if (typeof message === "string") return `⟦${message}⟧`;
    return (...values: never[]) => `⟦${message(...values)}⟧`;
  };
  return Object.fromEntries(Object.entries(own).map(([name, message]) => [name, inBrackets(message)])) as Own;
}

/**
 * Chooses a language by its BCP 47 tag, as "de"; figures that listen draw themselves again. `marks` puts what the
 * translation lacks in brackets.
 */
export function setLanguage(tag: string, translated: Translation = {}, { marks = false } = {}): void {
  language = tag;
  translation = translated;
  marksMissing = marks;
  for (const listener of listeners) listener();
}

/** Calls back when the language changes, until the function that it returns is called. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Of each room, its English messages: what a translation is made from. */
export function englishMessages(): Translation {
  return Object.fromEntries(english);
}

/** Which messages a translation lacks: "room name" of each. */
export function missingMessages(translated: Translation): string[] {
  return [...english].flatMap(([room, own]) =>
    Object.keys(own).flatMap((name) => (translated[room]?.[name] === undefined ? [`${room} ${name}`] : [])),
  );
}

/** A number in the chosen language, with so many significant digits: 0.0123, 12,300, 1.23 × 10⁻⁷. */
export function inDigits(value: number, digits = 3, signDisplay: "auto" | "exceptZero" = "auto"): string {
  if (!Number.isFinite(value)) {
    const plus = signDisplay === "auto" ? "" : "+";
    return Number.isNaN(value) ? "NaN" : value > 0 ? `${plus}∞` : "−∞";
  }
  const size = Math.abs(value);
  const isTiny = size !== 0 && (size < 1e-4 || size >= 1e7);
  const notation = isTiny ? "scientific" : "standard";
  const format = new Intl.NumberFormat(language, { maximumSignificantDigits: digits, notation, signDisplay });
  if (!isTiny) return minus(format.format(value === 0 ? 0 : value));
  const parts = format.formatToParts(value);
  const at = parts.findIndex(({ type }) => type === "exponentSeparator");
  const mantissa = parts.slice(0, at).map((part) => part.value);
  return minus(`${mantissa.join("")} × `) + tenTo(Number(size.toExponential(digits - 1).split("e")[1]));
}

/**
 * The same with its sign, also above zero: +0.0123. Where people write from right to left, the language's own signs
 * stay on the left of their numbers.
 */
export function signed(value: number, digits = 3): string {
  return inDigits(value, digits, "exceptZero");
}

/** A share as a percentage, with so many decimals: 98.07 %. */
export function inPercent(share: number, decimals = 2): string {
  const options = { style: "percent", minimumFractionDigits: decimals, maximumFractionDigits: decimals } as const;
  return minus(new Intl.NumberFormat(language, options).format(share));
}

/** A probability as a percentage. One that is not 1 is not written as 100%. */
export function inProbability(p: number, decimals = 2): string {
  const most = 1 - 10 ** -(decimals + 2);
  return p < 1 && p > most + 10 ** -(decimals + 2) / 2 ? `> ${inPercent(most, decimals)}` : inPercent(p, decimals);
}

/** A power of ten: 10⁻⁴; where its exponent is not whole, the number itself. */
export function powerText(exponent: number): string {
  if (Math.abs(exponent - Math.round(exponent)) > 0.01) return inDigits(10 ** exponent, 2);
  return tenTo(Math.round(exponent));
}

/** Two numbers with at least so many digits, and with as many as it takes to tell them apart: at most nine. */
export function inDigitsApart(first: number, second: number, digits = 3): [string, string] {
  const [one, two] = [inDigits(first, digits), inDigits(second, digits)];
  return first !== second && one === two && digits < 9 ? inDigitsApart(first, second, digits + 1) : [one, two];
}

function tenTo(whole: number): string {
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  return `10${whole < 0 ? "⁻" : ""}${Array.from(String(Math.abs(whole)), (digit) => digits[Number(digit)]).join("")}`;
}

/** A whole number: 60,000. */
export function inWhole(value: number): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}

/** The sign that mathematics writes, which is as wide as a plus. */
function minus(text: string): string {
  return text.replaceAll("-", "−");
}
