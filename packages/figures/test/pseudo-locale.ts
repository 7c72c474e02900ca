/**
 * A language that nobody speaks, to find what is not translated and what does not fit: English with accents on all
 * letters, 40 % longer, in brackets. What is put into a message (numbers, names) is left as it is, so that a word that
 * comes from elsewhere is found inside of a translated sentence, too.
 */
import type { Translation } from "../src/words/messages.ts";

const PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ACCENTED = [..."àƀçðéƒĝĥîĵķļɱñôþɋřšţûṽŵẋýžÀƁÇÐÉƑĜĤÎĴĶĻṀÑÔÞɊŘŠŢÛṼŴẊÝŽ"];
const accents = new Map([...PLAIN].map((letter, i) => [letter, ACCENTED[i] as string]));
/** Around what is put into a message, while it is put in. */
const [START, END] = ["\ue000", "\ue001"];

/** All messages in that language. */
export function pseudo(english: Translation): Translation {
  return Object.fromEntries(
    Object.entries(english).map(([room, messages]) => [
      room,
      Object.fromEntries(
        Object.entries(messages).map(([name, message]) => [
          name,
          typeof message === "string"
            ? pseudoText(message)
            : (...values: readonly unknown[]) => {
                const marked = values.map((value) => (typeof value === "string" ? START + value + END : value));
                const say = message as (...values: unknown[]) => string;
                const said: string | undefined = say(...marked);
                // A message that chooses by a value does not know it with its marks.
                return pseudoText(said === undefined || marked.includes(said) ? say(...values) : said);
              },
        ]),
      ),
    ]),
  );
}

function pseudoText(text: string): string {
  const parts = text.split(/(\ue000[^\ue000\ue001]*\ue001)/);
  const letters = parts.filter((part) => !part.startsWith(START)).join("").length;
  const changed = parts.map((part) =>
    part.startsWith(START) ? part.slice(1, -1) : [...part].map((letter) => accents.get(letter) ?? letter).join(""),
  );
  return `⟦${changed.join("").replaceAll(START, "").replaceAll(END, "")}${lengthening(letters)}⟧`;
}

/** Two fifths of a length, in words, so that lines can break as in other languages. */
function lengthening(letters: number): string {
  const more = Math.ceil(0.4 * letters);
  return more < 3 ? "~".repeat(more) : ` ${"~~~~~~~~ ".repeat(Math.ceil(more / 9)).slice(0, more - 1)}`.trimEnd();
}

/** A text that is seen or read, and where. */
export interface Found {
  readonly where: string;
  readonly text: string;
}

const SPOKEN = [
  "aria-label",
  "aria-description",
  "aria-valuetext",
  "aria-roledescription",
  "title",
  "alt",
  "placeholder",
];

/**
 * All texts of an element and of all that it is made of that have an English word: three plain letters in a row. What
 * is no language (code, names of files, formulas) says so by `translate="no"`.
 */
export function untranslated(root: Element | ShadowRoot, where = ""): Found[] {
  const found: Found[] = [];
  const add = (place: string, text: string | null) => {
    const words = (text ?? "").match(/[A-Za-z]{3,}/g) ?? [];
    if (words.some((word) => !NAMES.has(word))) found.push({ where: place, text: (text ?? "").trim().slice(0, 80) });
  };
  const visit = (node: Node, place: string) => {
    if (node instanceof Text) add(place, node.data);
    if (!(node instanceof Element) || node.matches("style, script, code, pre, [translate=no], slot[name]")) return;
    const own = node.localName.includes("-") ? node.localName : place;
    for (const name of SPOKEN) add(`${own} ${node.localName}[${name}]`, node.getAttribute(name));
    for (const child of node.shadowRoot?.childNodes ?? []) visit(child, own);
    for (const child of node.childNodes) visit(child, own);
  };
  for (const child of root instanceof Element ? [root] : root.childNodes) visit(child, where);
  return found;
}

/** Names that are the same in all languages. */
const NAMES = new Set([
  ...["MNIST", "PNG", "SVG", "CSV", "JSON", "NPZ", "NPY", "ONNX", "IDX", "JPEG", "TSV", "Inkling", "SGD", "PyTorch"],
  ...["ReLU", "tanh", "Adam", "AdamW", "NumPy", "Parquet", "SHA", "Keras", "TensorFlow", "JavaScript", "GELU", "SiLU"],
  ...["NaN", "argmax", "max", "exp", "log", "Node"],
  // What layers are called in code, in model files and on the command line.
  ...["layers", "flatten", "dense", "sigmoid", "identity", "softmax", "relu"],
]);
