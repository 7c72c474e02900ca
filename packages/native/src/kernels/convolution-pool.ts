/**
 * A convolution, its ReLU and its max pool of 2 × 2: `convolvePool` of packages/inkling/kernels/convolution.ts. A tile is
 * some rows of windows of an image.
 *
 *   z_p = Σₜ x_(p+t)·Wₜ + b        most = max σ(z_p) of four positions, and which of them it is
 *
 * The positions are computed as by convolution.ts, into the scratch memory, which is the nearest cache; from there each
 * window's maximum goes to memory. So z and σ(z), of four times as many numbers, never do.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, rax, rdx, type Vec } from "../assembler/registers.ts";
import { LEAK } from "./activations.ts";
import { ConvolveTile, kept as convolution, convolveForm } from "./convolution.ts";
import { panelCode } from "./convolution-frame.ts";
import { layout, loadAddress, type NativeKernel, places, wordAt } from "./kernel.ts";
import { slots } from "./slots.ts";

const { RELU, LEAKY_RELU } = layout;

/** σ by its number: none, RELU, LEAKY_RELU. */
const ACTIVATIONS = 3;

export const convolvePool: NativeKernel = {
  operation: layout.CONVOLVE_POOL,
  formOf(words) {
    const form = convolveForm(words);
    const isTwo = [places.CONVOLUTION_POOL_ROWS, places.CONVOLUTION_POOL_COLUMNS].every(
      (place) => wordAt(words, place) === 2,
    );
    return form < 0 || !isTwo ? -1 : ACTIVATIONS * form + wordAt(words, places.CONVOLUTION_ACTIVATION);
  },
  write(level, form) {
    const panel = Math.floor(form / ACTIVATIONS);
    return panelCode(level, panel, (parts) => new ConvolvePoolTile(parts, panel, form % ACTIVATIONS).write());
  },
};

const kept = slots(
  [
    // Where the tile's positions are computed, the windows before the tile, and how many rows of them it has.
    "scratch",
    "before",
    "rows",
  ],
  convolution,
);

class ConvolvePoolTile extends ConvolveTile {
  readonly #activation: number;

  constructor(parts: ConvolveTile["parts"], panel: number, activation: number) {
    super(parts, panel);
    this.#activation = activation;
  }

  protected override findTile(): void {
    const { code, registers, args } = this.parts;
    code.mov(kept.scratch, args.scratch);
    code.mov(convolution.out, args.scratch);
    registers.free(args.scratch);
    const [image, part] = [registers.claim(rax, "image"), registers.claim(rdx, "part")];
    const [height, most, parts] = [registers.gpr("rows of windows"), registers.gpr("most"), registers.gpr("parts")];
    code.mov(height.dword, this.word(places.CONVOLUTION_POOLED_HEIGHT));
    code.mov(most.dword, this.word(places.CONVOLUTION_TILE));
    // parts = ⌈height / most⌉; image = tile / parts, part = tile % parts
    code.lea(image, at(height, -1, most));
    this.divide(image, most);
    code.mov(parts, rax);
    this.divide(args.tile, parts);
    // first = part · most, rows = min(most, height − first)
    const [first, rows] = [part, parts];
    code.imul(first, most);
    code.mov(rows, height);
    code.sub(rows, first);
    code.cmp(rows, most);
    code.cmov("a", rows, most);
    code.mov(kept.rows, rows);
    // before = POOLED_WIDTH · (image · height + first)
    code.imul(height, image);
    code.add(height, first);
    code.mov(most.dword, this.word(places.CONVOLUTION_POOLED_WIDTH));
    code.imul(height, most);
    code.mov(kept.before, height);
    // count = 2 · rows · OUT_WIDTH, from position 2 · first · OUT_WIDTH on
    code.mov(most.dword, this.word(places.CONVOLUTION_OUT_WIDTH));
    code.add(most, most);
    code.imul(rows, most);
    code.mov(convolution.count, rows);
    code.imul(first, most);
    const start = most;
    loadAddress(this.parts, start, places.CONVOLUTION_POSITIONS);
    code.lea(start, at(start, 0, first, 4));
    code.mov(convolution.positions, start);
    code.mov(start.dword, this.word(places.CONVOLUTION_IMAGE));
    code.imul(image, start);
    loadAddress(this.parts, start, places.CONVOLUTION_IMAGES);
    code.add(image, start);
    code.mov(convolution.image, image);
    registers.free(args.tile, image, part, height, most, parts);
  }

  /** The windows of the tile, row after row. */
  protected override end(): void {
    const { code, registers } = this.parts;
    const [positionBytes, lineBytes] = [registers.gpr("bytes of a position"), registers.gpr("bytes of a row")];
    const [most, choice, window] = [registers.gpr("maxima"), registers.gpr("choices"), registers.gpr("window")];
    const [rows, windows] = [registers.gpr("rows left"), registers.gpr("windows left")];
    code.mov(positionBytes.dword, this.word(places.CONVOLUTION_FILTERS));
    code.shl(positionBytes, 2);
    code.mov(lineBytes.dword, this.word(places.CONVOLUTION_OUT_WIDTH));
    code.imul(lineBytes, positionBytes);
    code.mov(rows, kept.before);
    code.imul(rows, positionBytes);
    loadAddress(this.parts, most, places.CONVOLUTION_OUT);
    code.add(most, rows);
    loadAddress(this.parts, choice, places.CONVOLUTION_CHOICES);
    code.add(choice, rows);
    code.mov(window, kept.scratch);
    code.mov(rows, kept.rows);
    loop(code, rows, () => {
      code.mov(kept.scratch, window);
      code.mov(windows.dword, this.word(places.CONVOLUTION_POOLED_WIDTH));
      loop(code, windows, () => {
        this.#window(window, positionBytes, lineBytes, most, choice);
        // The window's pixels, of which the first row has been passed by one position.
        code.add(window, positionBytes);
      });
      code.mov(window, kept.scratch);
      code.add(window, lineBytes);
      code.add(window, lineBytes);
    });
    registers.free(positionBytes, lineBytes, most, choice, window, rows, windows);
  }

  /** All filters of a window; then `window`, `most` and `choice` stand one position further on. */
  #window(window: Gpr, positionBytes: Gpr, lineBytes: Gpr, most: Gpr, choice: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const [lower, left] = [registers.gpr("second row"), registers.gpr("filters left")];
    code.lea(lower, at(window, 0, lineBytes));
    code.mov(left.dword, this.word(places.CONVOLUTION_FILTERS));
    const pixels = [at(window), at(window, 0, positionBytes), at(lower), at(lower, 0, positionBytes)];
    const vector = (mask?: LaneMask) => this.#maximum(pixels, at(most), at(choice), mask);
    const whole = () => {
      vector();
      for (const pointer of [window, lower, most, choice]) code.add(pointer, cpu.bytes);
    };
    loop(code, left, whole, cpu.lanes);
    const done = code.label("no filters left");
    code.test(left, left);
    code.jcc("e", done);
    const mask = cpu.firstLanes("filters", left);
    vector(mask);
    registers.free(mask);
    code.shl(left, 2);
    for (const pointer of [window, most, choice]) code.add(pointer, left);
    code.place(done);
    registers.free(lower, left);
  }

  /** The maximum of σ of four numbers, and which it is; of equal ones the first; NaN is larger than every number. */
  #maximum(pixels: readonly Memory[], most: Memory, choice: Memory, mask: LaneMask | undefined): void {
    const { cpu, registers } = this.parts;
    const [value, largest, number, chosen] = registers.vecs("maximum", 4) as [Vec, Vec, Vec, Vec];
    const isMore = cpu.mask("more");
    for (const [k, pixel] of pixels.entries()) {
      const to = k === 0 ? largest : value;
      cpu.load(to, pixel);
      if (this.#activation === LEAKY_RELU) this.#leak(to, number);
      if (k === 0) {
        cpu.zero(chosen);
        continue;
      }
      // Not less or equal: larger, or NaN; but a NaN stays that is there already.
      cpu.compare(isMore, largest, largest, "ORD_Q");
      cpu.narrow(isMore, value, largest, "NLE_UQ");
      cpu.select(largest, isMore, value, largest);
      cpu.fillBits(number, k);
      cpu.select(chosen, isMore, number, chosen);
    }
    if (this.#activation === RELU) {
      // Where none is above 0 all four are equal.
      cpu.zero(value);
      cpu.compare(isMore, largest, value, "NLE_UQ");
      cpu.keep(largest, isMore, largest);
      cpu.keep(chosen, isMore, chosen);
    }
    cpu.store(most, largest, mask);
    cpu.store(choice, chosen, mask);
    registers.free(value, largest, number, chosen, isMore);
  }

  /** z = z ≤ 0 ? z / 100 : z */
  #leak(z: Vec, spare: Vec): void {
    const { code, cpu, registers } = this.parts;
    const low = cpu.mask("low");
    cpu.compare(low, z, cpu.constant(0), "LE_OQ");
    code.vmulps(spare, z, cpu.constant(LEAK));
    cpu.select(z, low, spare, z);
    registers.free(low);
  }
}
