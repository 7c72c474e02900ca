/**
 * What stands beside a figure on paper: the address where it is alive, in letters, and with what it shows now as a QR
 * code. Both are made right before the page is printed, because only then it is known what figures show, and on which
 * host.
 */
import { onFirstAct } from "inkling-figures/loader";

type Encoder = typeof import("qrcode-generator");

/** White around a code, in modules: what its standard asks for. */
const QUIET = 4;
let encoder: Encoder | undefined;

/** Fetches what makes the codes, once the reader has begun: nobody prints before. */
export function preparePaper(): void {
  onFirstAct(async () => {
    encoder ??= (await import("qrcode-generator")).default as unknown as Encoder;
  });
}

/** Figures that fill more than so much of a sheet of A4, in pixels of the screen, may be cut between their parts. */
const TALL = 850;

/** Writes the address beside each figure, and says which ones are too tall to be kept on one sheet. */
export function writeForPaper(): void {
  endPaper();
  for (const figure of document.querySelectorAll<HTMLElement>("figure.live")) {
    figure.classList.toggle("tall", figure.offsetHeight > TALL);
    putStillFor(figure);
  }
  for (const place of document.querySelectorAll<HTMLElement>(".on-paper[data-short]")) {
    const short = new URL(place.dataset.short ?? "", location.href);
    const live = new URL(short);
    // What figures carry, and no heading.
    if (location.hash.startsWith("#v=")) live.hash = location.hash;
    const link = Object.assign(document.createElement("a"), {
      href: live.href,
      textContent: short.href.replace(/^https?:\/\//, ""),
    });
    place.replaceChildren(...(encoder === undefined ? [link] : [codeOf(live.href, encoder), link]));
  }
}

/** A figure that still computes is printed as its still picture. */
function putStillFor(figure: HTMLElement): void {
  const [live] = figure.children;
  const still = live?.querySelector("img.still");
  const isUnfinished = live?.ariaBusy === "true" && still instanceof HTMLImageElement;
  figure.classList.toggle("unfinished", isUnfinished);
  if (!isUnfinished) return;
  const picture = still.cloneNode() as HTMLImageElement;
  picture.classList.add("instead");
  live?.after(picture);
}

/** Takes the still pictures away after printing, so that the figures themselves are seen again. */
export function endPaper(): void {
  for (const figure of document.querySelectorAll("figure.unfinished")) figure.classList.remove("unfinished");
  for (const picture of document.querySelectorAll("figure.live > .instead")) picture.remove();
}

/** A QR code as a picture whose unit is a module. */
function codeOf(text: string, encode: Encoder): SVGElement {
  // The smallest that holds the text; a sixth of it may be unreadable.
  const code = encode(0, "M");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const dark: string[] = [];
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column)) dark.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
    }
  }
  const size = count + 2 * QUIET;
  const [picture, path] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
  picture?.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture?.setAttribute("aria-hidden", "true");
  path?.setAttribute("d", dark.join(""));
  picture?.append(path as SVGElement);
  return picture as SVGElement;
}
