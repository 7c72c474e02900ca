/** What a chapter looks like on paper: expressions that a page evaluates, and what its pictures and codes should be. */
import type { Page } from "playwright-core";
import qrcode from "qrcode-generator";

/** What a sheet of A4 holds between its margins, in CSS pixels. */
export const SHEET = { width: 657, height: 1000 };

/** The highest thing that the browser cannot divide between two sheets. */
export const tallest = `(() => {
  const heights = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("svg, canvas, img, .equation > .formula")) heights.push(element.getBoundingClientRect().height);
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document.querySelector(".vp-doc"));
  return Math.max(...heights);
})()`;

/** Code, formulas and tables whose ends are not seen. */
export const cutLines = `[...document.querySelectorAll(".vp-doc :is(pre, .formula, table)")]
  .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
  .filter((element) => getComputedStyle(element).overflowX !== "visible")
  .map(({ textContent }) => textContent.slice(0, 60))`;

/** How many stills stand for the first figure while it computes: during and after printing. */
export const unfinished = `(() => {
  const [figure] = document.querySelectorAll("figure.live > :first-child");
  figure.ariaBusy = "true";
  const stills = () => figure.parentElement.querySelectorAll(".instead").length;
  dispatchEvent(new Event("beforeprint"));
  const during = stills();
  dispatchEvent(new Event("afterprint"));
  figure.ariaBusy = null;
  return [during, stills() + document.querySelectorAll("figure.unfinished").length];
})()`;

/** The dark modules of each printed QR code. */
export const printedCodes = `[...document.querySelectorAll(".on-paper path")].map((path) => path.getAttribute("d"))`;

/** The same, of what it should say. */
export function modulesOf(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const places = Array.from({ length: code.getModuleCount() }, (_, i) => i);
  return places
    .flatMap((row) => places.filter((column) => code.isDark(row, column)).map((column) => [row, column]))
    .map(([row = 0, column = 0]) => `M${column + 4} ${row + 4}h1v1h-1z`)
    .join("");
}

/** The colour of a picture's corner, and how many colours it has. */
export async function coloursOf(page: Page, png: Buffer): Promise<{ corner: number[]; colours: number }> {
  return (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set(new Uint32Array(data.buffer));
    return { corner: Array.from(data.slice(0, 3)), colours: colours.size };
  })()`)) as { corner: number[]; colours: number };
}
