/** Ten digits as two people write them: strokes of points in a square of side 1, x from the left, y from the top. */

type Points = readonly (readonly [x: number, y: number])[];
export type Hand = readonly (readonly Points[])[];

/** Part of an ellipse, from one angle to another, in turns: 0 is right, a quarter is down. */
function arc(x: number, y: number, wide: number, high: number, from: number, to: number, count = 6): Points {
  return Array.from({ length: count + 1 }, (_, i) => {
    const angle = 2 * Math.PI * (from + ((to - from) * i) / count);
    return [x + wide * Math.cos(angle), y + high * Math.sin(angle)] as const;
  });
}

/** Straight from point to point, with points between. */
function line(...corners: Points): Points {
  const between = corners.slice(1).flatMap(([x, y], i) => {
    const [fromX, fromY] = corners[i] as readonly [number, number];
    return Array.from({ length: 2 }, (_, k) => {
      const t = (k + 1) / 2;
      return [fromX + (x - fromX) * t, fromY + (y - fromY) * t] as const;
    });
  });
  return [corners[0] as readonly [number, number], ...between];
}

/** Round, upright, with curves. */
const round: Hand = [
  [arc(0.5, 0.5, 0.24, 0.36, -0.25, 0.76, 12)],
  [line([0.52, 0.14], [0.5, 0.86])],
  [[...arc(0.48, 0.32, 0.22, 0.18, -0.5, 0.1), ...line([0.6, 0.5], [0.28, 0.84], [0.76, 0.84])]],
  [[...arc(0.47, 0.31, 0.2, 0.17, -0.45, 0.22), ...arc(0.47, 0.66, 0.23, 0.19, -0.22, 0.42)]],
  [line([0.36, 0.15], [0.28, 0.52], [0.74, 0.52]), line([0.66, 0.16], [0.62, 0.86])],
  [line([0.7, 0.16], [0.36, 0.16], [0.34, 0.44]), [[0.34, 0.44], ...arc(0.46, 0.64, 0.24, 0.2, -0.3, 0.4)]],
  [[...line([0.62, 0.14], [0.42, 0.34]), ...arc(0.5, 0.64, 0.21, 0.2, -0.45, 0.62, 10)]],
  [line([0.26, 0.16], [0.74, 0.16], [0.44, 0.86])],
  [[...arc(0.5, 0.32, 0.17, 0.17, 0.25, -0.75, 8), ...arc(0.5, 0.67, 0.21, 0.18, -0.25, 0.75, 9)]],
  [[...arc(0.48, 0.34, 0.2, 0.19, 0.0, -1.0, 9), ...line([0.68, 0.34], [0.66, 0.86])]],
];

/** Narrow, slanting to the right, with corners. */
const slanting: Hand = [
  [
    line(
      [0.58, 0.14],
      [0.4, 0.26],
      [0.32, 0.52],
      [0.36, 0.78],
      [0.5, 0.86],
      [0.64, 0.72],
      [0.7, 0.46],
      [0.66, 0.22],
      [0.56, 0.14],
    ),
  ],
  [line([0.42, 0.3], [0.6, 0.14], [0.46, 0.86])],
  [
    [
      ...line([0.36, 0.26], [0.5, 0.14], [0.66, 0.2], [0.66, 0.36]),
      ...line([0.5, 0.58], [0.26, 0.82], [0.36, 0.76], [0.7, 0.86]),
    ],
  ],
  [line([0.34, 0.16], [0.7, 0.16], [0.48, 0.44], [0.62, 0.5], [0.68, 0.66], [0.56, 0.82], [0.36, 0.86], [0.26, 0.78])],
  [line([0.58, 0.14], [0.26, 0.58], [0.72, 0.58]), line([0.6, 0.36], [0.52, 0.88])],
  [
    line([0.44, 0.16], [0.36, 0.44], [0.54, 0.42], [0.64, 0.56], [0.58, 0.74], [0.42, 0.86], [0.28, 0.8]),
    line([0.44, 0.16], [0.76, 0.14]),
  ],
  [
    line(
      [0.66, 0.14],
      [0.46, 0.32],
      [0.34, 0.6],
      [0.38, 0.8],
      [0.5, 0.86],
      [0.64, 0.76],
      [0.64, 0.6],
      [0.52, 0.54],
      [0.38, 0.64],
    ),
  ],
  [line([0.3, 0.2], [0.32, 0.16], [0.76, 0.14], [0.5, 0.5], [0.4, 0.86])],
  [
    line(
      [0.68, 0.22],
      [0.54, 0.14],
      [0.4, 0.24],
      [0.46, 0.42],
      [0.6, 0.6],
      [0.58, 0.8],
      [0.44, 0.86],
      [0.34, 0.74],
      [0.44, 0.54],
      [0.64, 0.38],
      [0.68, 0.22],
    ),
  ],
  [line([0.66, 0.26], [0.52, 0.16], [0.38, 0.28], [0.4, 0.46], [0.54, 0.48], [0.66, 0.3], [0.62, 0.54], [0.5, 0.88])],
];

export const hands: Readonly<Record<string, Hand>> = { round, slanting };
