/**
 * Saves a figure as a picture, as it is now: PNG at twice its size, or SVG. Caption and address go with it.
 *
 *   <inkling-save-picture .figure=${…}></inkling-save-picture>
 */
import { css, html, type TemplateResult } from "lit";
import { cssColour } from "../colours/palette.ts";
import { dataBase } from "../data/base.ts";
import { define, Figure } from "../parts/figure.ts";
import { type Drawn, drawn } from "./drawing.ts";
import { words } from "./words.ts";

/** Pixels of a PNG for one of the page. */
const SCALE = 2;

export class InklingSavePicture extends Figure {
  static override properties = { figure: { attribute: false }, said: { state: true } };

  static override styles = [
    Figure.styles,
    css`
      p {
        margin: 0 0 0.5em;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5em;
      }
      [role="status"]:empty {
        display: none;
      }
      [role="status"] {
        margin: 0.5em 0 0;
      }
    `,
  ];

  declare figure: HTMLElement | undefined;
  declare protected said: string;

  constructor() {
    super();
    this.said = "";
  }

  protected override render(): TemplateResult {
    return html`
      <p>${words().help}</p>
      <div class="ways">
        <button @click=${() => this.#save("png")}>${words().png}</button>
        <button @click=${() => this.#save("svg")}>${words().svg}</button>
      </div>
      <p role="status">${this.said}</p>
    `;
  }

  async #save(kind: "png" | "svg"): Promise<void> {
    const { figure } = this;
    if (figure === undefined) return;
    try {
      const shortName = figure.localName.replace("inkling-", "");
      const picture = await drawn({
        figure,
        caption: figure.closest("figure")?.querySelector("figcaption") ?? undefined,
        source: sourceOf(shortName),
        background: cssColour(this.theme.palette.surface),
      });
      const name = `${shortName}.${kind}`;
      offer(kind === "svg" ? new Blob([picture.svg], { type: "image/svg+xml" }) : await pngOf(picture), name);
      this.said = words().saved(name);
    } catch (error) {
      this.said = words().failed(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Where the figure is alive, with what it shows now. From a disk there is no such address. */
function sourceOf(name: string): string {
  if (!location.protocol.startsWith("http")) return "Inkling";
  const page = /^f\d\d-/.test(name) ? new URL(`fig/${name}`, dataBase()) : new URL(location.pathname, location.href);
  if (location.hash.startsWith("#v=")) page.hash = location.hash;
  return words().source(page.href.replace(/^https?:\/\//, ""));
}

async function pngOf({ svg, width, height }: Drawn): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SCALE * width, SCALE * height];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("PNG")) : resolve(blob)), "image/png");
  });
}

function offer(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

define("inkling-save-picture", InklingSavePicture);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-save-picture": InklingSavePicture;
  }
}
