// Random numbers of a test, kept: all backends and cases get the same ones, and drawing them takes longer than most of
// what is computed with them. Nobody writes into them.

/** Numbers that are kept at most. */
const MOST = 2 ** 24;
const kept = new Map<string, Uint8Array | Float32Array>();
let total = 0;

/** What `draw` makes, the `count` numbers of this name, once. */
export function drawnOnce<Drawn extends Uint8Array | Float32Array>(
  name: string,
  count: number,
  draw: () => Drawn,
): Drawn {
  const found = kept.get(name);
  if (found !== undefined) return found as Drawn;
  total += count;
  if (total > MOST) {
    kept.clear();
    total = count;
  }
  const drawn = draw();
  kept.set(name, drawn);
  return drawn;
}
