/**
 * Ink as a picture: any number of pixels, without a legend or a readout (parts/map.ts has those, for grids that are
 * small enough to be read cell by cell). A box and a mark can be drawn over it.
 *
 *   <inkling-picture></inkling-picture>   picture.values = bytes; picture.columns = 28; picture.label = "a 7"
 */
import { css, html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { colourOf } from "../colours/palette.ts";
import { define, Figure } from "./figure.ts";

/** A rectangle, in pixels of the picture. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class InklingPicture extends Figure {
  static override properties = {
    values: { attribute: false },
    columns: { type: Number },
    bound: { type: Number },
    label: { type: String },
    frames: { attribute: false },
    mark: { attribute: false },
    middle: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      .picture {
        position: relative;
        border: 1px solid var(--line);
        border-radius: 4px;
        overflow: hidden;
        background: var(--surface);
      }
      canvas {
        display: block;
        width: 100%;
        image-rendering: pixelated;
      }
      svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      .frame {
        fill: none;
        stroke: var(--focus);
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .mark,
      .middle {
        fill: none;
        vector-effect: non-scaling-stroke;
      }
      .mark {
        stroke: var(--focus);
        stroke-width: 3;
      }
      .middle {
        stroke: var(--quiet);
        stroke-width: 1;
        stroke-dasharray: 4 3;
      }
    `,
  ];

  /** Row-major, from 0, paper, to `bound`, ink. */
  declare values: ArrayLike<number>;
  declare columns: number;
  declare bound: number;
  /** What is to be seen, in words; without it the picture is decoration. */
  declare label: string;
  declare frames: readonly Frame[];
  /** A cross: x and y in pixels from the top left corner. */
  declare mark: { readonly x: number; readonly y: number } | undefined;
  /** Thin lines through a point. */
  declare middle: { readonly x: number; readonly y: number } | undefined;

  constructor() {
    super();
    this.values = [];
    this.columns = 28;
    this.bound = 255;
    this.label = "";
    this.frames = [];
  }

  get #rows(): number {
    return Math.max(1, Math.ceil(this.values.length / this.columns));
  }

  protected override render(): TemplateResult {
    const [{ columns, label, mark, middle }, rows] = [this, this.#rows];
    const arm = columns / 14;
    return html`
      <div class="picture" role=${label ? "img" : "presentation"} aria-label=${label || nothing}>
        <canvas aria-hidden="true"></canvas>
        <svg aria-hidden="true" viewBox="0 0 ${columns} ${rows}" preserveAspectRatio="none">
          ${middle && svg`<path class="middle" d="M${middle.x} 0V${rows}M0 ${middle.y}H${columns}" />`}
          ${this.frames.map(
            ({ left, top, width, height }) =>
              svg`<rect class="frame" x=${left} y=${top} width=${width} height=${height} />`,
          )}
          ${mark && svg`<path class="mark" d="M${mark.x - arm} ${mark.y}h${2 * arm}M${mark.x} ${mark.y - arm}v${2 * arm}" />`}
        </svg>
      </div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const canvas = this.renderRoot.querySelector("canvas");
    const [{ values, columns, bound, theme }, rows] = [this, this.#rows];
    if (!canvas || values.length === 0) return;
    if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
    const { palette } = theme;
    // Each pixel is written as one number, red first in memory.
    const shades = Uint32Array.from({ length: 256 }, (_, shade) => {
      const [red, green, blue] = colourOf(shade, 255, "ink", palette);
      return new Uint32Array(Uint8Array.of(red, green, blue, 255).buffer)[0] as number;
    });
    const image = new ImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const scale = 255 / bound;
    for (let i = 0; i < values.length; i++) {
      pixels[i] = shades[Math.max(0, Math.min(255, Math.round((values[i] as number) * scale)))] as number;
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  }
}

define("inkling-picture", InklingPicture);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-picture": InklingPicture;
  }
}
