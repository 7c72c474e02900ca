import fc from "fast-check";
import { conv2d, dense, flatten, network } from "inkling";
import { trace } from "inkling/proofs";
import { expect, test } from "vitest";
import { arrangementOf } from "./arrangement.ts";
import { boxAt, channelUnder, panelsOf, placeUnder } from "./window-place.ts";

const windows = fc.record({
  size: fc.integer({ min: 2, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.nat(1),
  channels: fc.integer({ min: 1, max: 3 }),
  channel: fc.nat(2),
});

test("the middle of a window's box is under its own place, whatever stride, padding and channel", async () => {
  await fc.assert(
    fc.asyncProperty(windows, async ({ size, stride, padding, channels, channel }) => {
      const shape = [9, 8, channels];
      const model = network(shape, [conv2d(1, size, { stride, padding }), flatten(), dense(2)], { seed: 1 });
      const { layers } = await trace(model, new Uint8Array(9 * 8 * channels));
      const window = layers[0].convolution?.window;
      if (window === undefined) throw new Error("no convolution");
      const { columns, places } = arrangementOf(shape);
      const panels = panelsOf(window, columns, places.length);
      for (let row = 1; row < window.outHeight - 1; row++) {
        for (let column = 1; column < window.outWidth - 1; column++) {
          const box = boxAt(window, panels, { row, column }, channel % channels);
          expect(box.width * columns).toBeCloseTo(size);
          expect(box.height * panels.rows).toBeCloseTo(size);
          const found = placeUnder(window, panels, box.left + box.width / 2 - 1e-6, box.top + box.height / 2 - 1e-6);
          expect(found).toEqual({ row, column });
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
          expect(channelUnder(window, panels, x, y)).toBe(channel % channels);
        }
      }
    }),
    { numRuns: 25 },
  );
});
