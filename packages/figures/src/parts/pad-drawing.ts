/** The sheet on the screen: the same segments as in strokes.ts, as sharp as the screen is. */

import type { Picture } from "inkling/pictures";
import { cssColour, type Palette } from "../colours/palette.ts";
import type { Drawing } from "./pad.ts";
import { CELLS, SHEET, segmentsOf } from "./strokes.ts";

/** Draws a sheet on a canvas, which has the size in which it is shown. */
export function draw(canvas: HTMLCanvasElement, { strokes, picture }: Drawing, pen: number, palette: Palette): void {
  const context = canvas.getContext("2d");
  const side = Math.round(canvas.clientWidth * devicePixelRatio);
  if (context === null || side === 0) return;
  if (canvas.width !== side) [canvas.width, canvas.height] = [side, side];
  context.setTransform(side / SHEET, 0, 0, side / SHEET, 0, 0);
  context.fillStyle = cssColour(palette.surface);
  context.fillRect(0, 0, SHEET, SHEET);
  if (picture !== undefined) drawPicture(context, picture.picture);
  else drawGrid(context, cssColour(palette.ink));
  context.strokeStyle = cssColour(palette.ink);
  context.lineCap = "round";
  for (const { from, to } of strokes.flatMap(segmentsOf)) {
    context.lineWidth = (pen * (from.width + to.width)) / 2;
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
  }
}

/** The cells of the network's image, hardly to be seen. */
function drawGrid(context: CanvasRenderingContext2D, colour: string): void {
  context.save();
  context.globalAlpha = 0.07;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 1; i < CELLS; i++) {
    const at = (i * SHEET) / CELLS;
    context.moveTo(at, 0);
    context.lineTo(at, SHEET);
    context.moveTo(0, at);
    context.lineTo(SHEET, at);
  }
  context.stroke();
  context.restore();
}

/** A picture as large as it fits on the sheet. */
function drawPicture(context: CanvasRenderingContext2D, { width, height, pixels }: Picture): void {
  const source = new OffscreenCanvas(width, height);
  source.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
  const scale = SHEET / Math.max(width, height);
  const [wide, high] = [width * scale, height * scale];
  context.drawImage(source, (SHEET - wide) / 2, (SHEET - high) / 2, wide, high);
}
