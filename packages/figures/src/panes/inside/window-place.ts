/** Where a window stands over the images of its input's channels, and back. */
import type { Window } from "inkling/backends";

/** A rectangle in shares of the whole picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How the channels' images lie in the picture (arrangement.ts): so many beside each other, one cell apart. */
export interface Panels {
  readonly across: number;
  readonly columns: number;
  readonly rows: number;
}

export function panelsOf({ height, width, channels }: Window, columns: number, cells: number): Panels {
  const across = channels === 1 ? 1 : Math.round((columns + 1) / (width + 1));
  return { across, columns, rows: Math.max(height, Math.ceil(cells / columns)) };
}

/** The part of the image that the window sees from this place of the output, on the panel of one channel. */
export function boxAt(window: Window, { across, columns, rows }: Panels, place: Place, channel: number): Box {
  const spanY = (window.rows - 1) * window.dilationY + 1;
  const spanX = (window.columns - 1) * window.dilationX + 1;
  const top = place.row * window.strideY - window.top;
  const left = place.column * window.strideX - window.left;
  const [y, x] = [Math.max(0, top), Math.max(0, left)];
  const [bottom, right] = [Math.min(window.height, top + spanY), Math.min(window.width, left + spanX)];
  const [panelY, panelX] = [
    Math.floor(channel / across) * (window.height + 1),
    (channel % across) * (window.width + 1),
  ];
  return {
    left: (panelX + x) / columns,
    top: (panelY + y) / rows,
    width: Math.max(0, right - x) / columns,
    height: Math.max(0, bottom - y) / rows,
  };
}

/** The channel on whose panel this point of the picture is, in shares; the last one where there is none. */
export function channelUnder({ width, height, channels }: Window, panels: Panels, x: number, y: number): number {
  const [column, row] = [Math.floor(x * panels.columns), Math.floor(y * panels.rows)];
  const across = Math.min(panels.across - 1, Math.floor(column / (width + 1)));
  return Math.min(channels - 1, Math.floor(row / (height + 1)) * panels.across + across);
}

export interface Place {
  readonly row: number;
  readonly column: number;
}

/** The place whose window has this point of the picture (in shares) in its middle, or the nearest one. */
export function placeUnder(window: Window, { columns, rows }: Panels, x: number, y: number): Place {
  const along = (
    cell: number,
    size: number,
    count: number,
    before: number,
    span: number,
    stride: number,
    most: number,
  ) => {
    const inPanel = Math.min(count - 1, cell % (size + 1));
    return Math.max(0, Math.min(most - 1, Math.round((inPanel + before - (span - 1) / 2) / stride)));
  };
  const [cellX, cellY] = [Math.floor(x * columns), Math.floor(y * rows)];
  const spanY = (window.rows - 1) * window.dilationY + 1;
  const spanX = (window.columns - 1) * window.dilationX + 1;
  return {
    row: along(cellY, window.height, window.height, window.top, spanY, window.strideY, window.outHeight),
    column: along(cellX, window.width, window.width, window.left, spanX, window.strideX, window.outWidth),
  };
}
