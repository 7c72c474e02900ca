/**
 * What runs in the page of the zip archive (zip.js), which is opened from a disk. Such a page may fetch nothing, import
 * no module and start no worker from a file: its files stand in it as text, and the worker is made of a string.
 */
import * as figures from "inkling-figures";
import { figureNames, loadFigure } from "inkling-figures/loader";

declare global {
  var inklingFiles: Readonly<Record<string, string>>;
  var inkling: typeof figures;
}

function textOf(id: string): string {
  return document.querySelector(`#${id}`)?.textContent ?? "";
}

const files = textOf("files");
globalThis.inklingFiles = JSON.parse(files);
// For the console: everything that the page is made of.
globalThis.inkling = figures;

figures.workersFrom((name) => {
  const code = new Blob([`globalThis.inklingFiles = ${files};\n`, textOf("worker")], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(code), { name });
});

// Elements come into the page only now: the studio starts its worker at once.
const content = document.querySelector<HTMLTemplateElement>("#content")?.content;
if (content !== undefined) document.querySelector("main")?.append(content);

for (const name of figureNames) {
  if (document.querySelector(`inkling-${name}`) !== null) void loadFigure(name);
}

/** Panes that stand alone show the book's network. The studio gives its panes what they need itself. */
async function fillPanes(): Promise<void> {
  const digits = figures.openDigits();
  const [model, test, train] = await Promise.all([figures.bookModel(), digits.test(1000), digits.train(10_000)]);
  for (const pane of document.querySelectorAll("main > .panes > *")) {
    Object.assign(pane, { model, test, train, example: figures.exampleOf(test, "test", 0) });
  }
}

if (document.querySelector("inkling-studio") === null) void fillPanes();
