// A process of its own for memory.test.ts: the tiles of kernels whose matrices end, or start, at a page that nobody may
// touch. It says what it runs before it runs it; if the process ends there, the last line names the kernel.
//   node kernel-fences.js avx2|avx512
//   node kernel-fences.js avx2|avx512 operations    which operations these are, without running them
import { writeSync } from "node:fs";
import { layout, args as places } from "inkling/kernels";
import { isUnavailable, openSystem, placeCode } from "inkling-native";
import { DROPOUT_SCRATCH } from "../../inkling/dist/src/backends/wasm/dropout.js";
import { outerScratch } from "../../inkling/dist/src/backends/wasm/sparse-convolutions.js";
import { kernels } from "../dist/kernels/kernels.js";

const PAGE = 4096;
const level = process.argv[2] === "avx512" ? "avx512" : "avx2";
const opened = await openSystem();
if (isUnavailable(opened)) throw new Error(opened.reason);
const system = opened;

/**
 * The sizes of an operation's matrices by argument, in numbers of 32 bits, and its other arguments. `scratch`: bytes of
 * scratch memory, in front of a closed page; some pages if absent.
 * @typedef {{ operation: number, tiles: number, matrices: Record<number, number>, words: Record<number, number>,
 *   contents?: Record<number, readonly number[]>, scratch?: number }} Case
 */

/** @type {(name: string, parts: Omit<Case, "operation">) => [string, Case]} */
const operation = (name, parts) => [name, { operation: /** @type {any} */ (layout)[name], ...parts }];

/** @type {[string, Case][]} */
const cases = [];

// What is done to each number: every rest of a vector, and the ends of a tile.
const { ACTIVATION_Z: Z, ACTIVATION_A: A, ACTIVATION_DA: DA, ACTIVATION_DELTA: DELTA } = places;
const { RELU, LEAKY_RELU, SIGMOID, TANH, GELU, SILU, ELU } = layout;
const { UPDATE_W, UPDATE_GRADIENT, UPDATE_VELOCITY, UPDATE_SQUARE, UPDATE_MEAN } = places;
for (const count of [...Array.from({ length: 33 }, (_, e) => 128 + e), 8191, 8192, 8193]) {
  const tiles = Math.ceil(count / layout.TILE_NUMBERS);
  for (const kind of [RELU, LEAKY_RELU, SIGMOID, TANH, GELU, SILU, ELU]) {
    const words = { [places.ACTIVATION_COUNT]: count, [places.ACTIVATION_KIND]: kind };
    cases.push(operation("ACTIVATE", { tiles, matrices: { [Z]: count, [A]: count }, words }));
    const matrices = { [Z]: count, [A]: count, [DA]: count, [DELTA]: count };
    cases.push(operation("ACTIVATE_BACKWARD", { tiles, matrices, words }));
  }
  for (const [name, ...others] of /** @type {[string, ...number[]][]} */ ([
    ["SGD"],
    ["MOMENTUM", UPDATE_VELOCITY],
    ["ADAM", UPDATE_MEAN, UPDATE_SQUARE],
    ["ROOT_SQUARE", UPDATE_SQUARE],
  ])) {
    const matrices = Object.fromEntries([UPDATE_W, UPDATE_GRADIENT, ...others].map((place) => [place, count]));
    cases.push(operation(name, { tiles, matrices, words: { [places.UPDATE_COUNT]: count } }));
  }
}

// Rows in lanes.
const { ROWS_IN, ROWS_OUT, ROWS_LABELS, ROWS_LOSSES, ROWS_ORDER } = places;
for (const rows of [1, 7, 8, 9, 15, 16, 17, 64, 65, 129]) {
  for (const columns of [1, 2, 3, 4, 5, 7, 10, 300]) {
    const words = { [places.ROWS_COUNT]: rows, [places.ROWS_COLUMNS]: columns };
    const tiles = Math.ceil(rows / layout.TILE_ROWS);
    const both = { [ROWS_IN]: rows * columns, [ROWS_OUT]: rows * columns };
    cases.push(operation("SOFTMAX", { tiles, matrices: both, words }));
    const withLoss = { ...both, [ROWS_LABELS]: rows, [ROWS_LOSSES]: rows };
    cases.push(operation("SOFTMAX_CROSS_ENTROPY", { tiles, matrices: withLoss, words }));
    const blocks = Math.ceil(rows / layout.BLOCK);
    const counted = { [ROWS_IN]: rows * columns, [ROWS_LABELS]: rows, [ROWS_OUT]: blocks };
    cases.push(operation("COUNT_HITS", { tiles: blocks, matrices: counted, words }));
  }
}

// Rows in another order: the last row of the table among them.
for (const columns of [64, 65, 71, 72, 73, 79, 80, 81, 784]) {
  const words = { [places.ROWS_COUNT]: 5, [places.ROWS_COLUMNS]: columns, [places.ROWS_TILE]: 3 };
  const matrices = { [ROWS_IN]: 9 * columns, [ROWS_OUT]: 5 * columns, [ROWS_ORDER]: 5 };
  cases.push(operation("SELECT", { tiles: 2, matrices, words, contents: { [ROWS_ORDER]: [8, 0, 4, 8, 8] } }));
}

// Products that leave out zeros: rows and depths that leave rests of vectors and of groups of four, columns that leave
// every rest of a panel; B is 64 bytes or less away from a closed page, so it is copied, or (few rows) read in place.
const { PRODUCT_A, PRODUCT_B, PRODUCT_C, PRODUCT_BIAS, PRODUCT_LISTS, PRODUCT_COUNTS } = places;
for (const [rows, depth] of /** @type {[number, number][]} */ ([
  [1, 1],
  [3, 17],
  [5, 9],
  [16, 33],
  [21, 70],
  [66, 130],
])) {
  const half = 64 * Math.ceil((depth + 16) / 16);
  const lists = { [places.PRODUCT_ROWS]: rows, [places.PRODUCT_DEPTH]: depth, [places.PRODUCT_LIST_HALF]: half };
  const ones = (/** @type {number} */ count) => Array(count).fill(0x3f800000);
  const listed = { [PRODUCT_A]: rows * depth, [PRODUCT_LISTS]: (rows * half) / 2, [PRODUCT_COUNTS]: rows };
  for (const [row, step] of [
    [4 * depth, 4],
    [4, 4 * rows],
  ]) {
    const strides = { [places.PRODUCT_A_ROW]: row, [places.PRODUCT_A_DEPTH]: step, [places.PRODUCT_B_DEPTH]: 4 };
    const [words, contents] = [{ ...lists, ...strides }, { [PRODUCT_A]: ones(rows * depth) }];
    const tiles = Math.ceil(rows / layout.LISTED_ROWS);
    cases.push(operation("LIST_ROWS", { tiles, matrices: listed, words, contents }));
  }
  for (const columns of [1, 7, 8, 9, 15, 16, 17, 32, 63, 64, 65, 112, 127, 128, 129, 144]) {
    const words = { ...lists, [places.PRODUCT_COLUMNS]: columns, [places.PRODUCT_B_DEPTH]: 4 * columns };
    // The first and the last row of B: the first bytes that are read, and the last ones.
    const list = Array((rows * half) / 2).fill(0);
    for (let r = 0; r < rows; r++) list[(r * half) / 2 + 1] = 4 * columns * (depth - 1);
    const contents = { [PRODUCT_LISTS]: list, [PRODUCT_COUNTS]: Array(rows).fill(Math.min(depth, 2)) };
    const matrices = { ...listed, [PRODUCT_B]: depth * columns, [PRODUCT_BIAS]: columns, [PRODUCT_C]: rows * columns };
    const tiles = Math.ceil(rows / layout.TILE_ROWS) * Math.ceil(columns / layout.LISTED_COLUMNS);
    cases.push(operation("LISTED_PRODUCT", { tiles, matrices, words, contents, scratch: 32768 + 64 * 8 }));
    const turned = { [PRODUCT_A]: rows * columns, [PRODUCT_C]: rows * columns };
    const rowTiles = Math.ceil(rows / layout.LISTED_ROWS);
    cases.push(operation("TRANSPOSE", { tiles: rowTiles, matrices: turned, words }));
  }
}
for (const count of [128, 129, 135, 136, 143, 159, 8191, 8192, 8193]) {
  const tiles = Math.ceil(count / layout.TILE_NUMBERS);
  const words = { [places.SUM_COUNT]: count };
  cases.push(operation("CHECK_FINITE", { tiles, matrices: { [places.SUM_X]: count }, words }));
}

// ∂C/∂W of three images of 6 × 5 pixels, a window of 3 × 2, the taps in two tiles: of images as they are, of images with
// padding where an infinity in δ makes every sum exact, and of lists with the first and the last pixel, the second time
// below a max pool.
const [IMAGES, C_DELTA, C_OUT] = [places.CONVOLUTION_IMAGES, places.CONVOLUTION_DELTA, places.CONVOLUTION_OUT];
const { CONVOLUTION_TAPS: TAPS, CONVOLUTION_ORDER: ORDER, CONVOLUTION_OFFSETS: OFFSETS } = places;
const CHOICES = places.CONVOLUTION_CHOICES;
/** Where a list stands, among the arguments. */
const LIST = 3072;
const window = { HEIGHT: 6, WIDTH: 5, ROWS: 3, COLUMNS: 2, OUT_HEIGHT: 4, OUT_WIDTH: 4, STRIDE_Y: 1, STRIDE_X: 1 };
for (const filters of [1, 7, 8, 9, 15, 16, 17, 24, 25, 32, 33]) {
  for (const [channels, skips, isBelowPool] of /** @type {[number, number, boolean?][]} */ ([
    [1, 0],
    [3, 0],
    [3, 1],
    [1, 2],
    [1, 2, true],
  ])) {
    const taps = Array.from({ length: 6 * channels }, (_, t) => {
      const pixel = Math.floor(t / channels);
      return 4 * ((Math.floor(pixel / 2) * 5 + (pixel % 2)) * channels + (t % channels));
    });
    const [image, delta] = [30 * channels, (isBelowPool ? 4 : 16) * filters];
    const of = { ...window, CHANNELS: channels, FILTERS: filters, COUNT: taps.length, EXAMPLES: 3, SKIPS: skips };
    const sizes = { ROW: 20 * channels, IMAGE: 4 * image, TILE: taps.length / 2, BANDS: 1 };
    const pool = isBelowPool && { POOL_ROWS: 2, POOL_COLUMNS: 2, POOLED_HEIGHT: 2, POOLED_WIDTH: 2, CHOICES: PAGE };
    const all = Object.entries({ ...of, ...sizes, ...pool, TILE_FILTERS: 8 * Math.ceil(filters / 8) });
    const words = Object.fromEntries(
      all.map(([name, word]) => [/** @type {any} */ (places)[`CONVOLUTION_${name}`], word]),
    );
    const lists = { [OFFSETS]: [LIST, LIST + 8], [ORDER]: [0, 0, 0] };
    const contents = { [TAPS]: taps, ...(skips === 2 && lists), ...(skips === 1 && { [C_DELTA]: [0x7f800000] }) };
    const images = skips === 2 ? { [OFFSETS]: 2, [ORDER]: 3 } : { [IMAGES]: 3 * image };
    const choices = isBelowPool && { [CHOICES]: 3 * delta };
    const matrices = {
      [TAPS]: taps.length,
      [C_DELTA]: 3 * delta,
      [C_OUT]: taps.length * filters,
      ...images,
      ...choices,
    };
    const listed = { [LIST]: 255, [LIST + 4]: (29 << 8) | 255 };
    // Where images and choices stand is only known when they do; without images, the form is that of lists.
    Object.assign(words, skips === 2 ? listed : { [IMAGES]: PAGE });
    cases.push(operation("CONVOLVE_OUTER", { tiles: 2, matrices, words, contents }));
  }
}

// ∂C/∂W below a max pool, of three images of 5 × 4 pixels, a window of 2 × 1 and a pool of 2 × 2. Of each image the first
// pixel of the first window of the pool is a maximum, and of the last window the last one: so both ends are read.
for (const filters of [1, 7, 8, 9, 15, 16, 17, 24, 33]) {
  for (const channels of [16, 17, 24, 25, 31, 32, 33, 100]) {
    const [rows, image, windows] = [2, 20 * channels, 4];
    const of = { CHANNELS: channels, FILTERS: filters, EXAMPLES: 3, HEIGHT: 5, WIDTH: 4, ROWS: rows, COLUMNS: 1 };
    const strides = { STRIDE_Y: 1, STRIDE_X: 1, DILATION_Y: 1, DILATION_X: 1, ROW: 16 * channels, IMAGE: 4 * image };
    const pool = { POOL_ROWS: 2, POOL_COLUMNS: 2, POOLED_HEIGHT: 2, POOLED_WIDTH: 2, TILE_FILTERS: 16 };
    const words = Object.fromEntries(
      Object.entries({ ...of, ...strides, ...pool }).map(([name, word]) => [
        /** @type {any} */ (places)[`CONVOLUTION_${name}`],
        word,
      ]),
    );
    const count = 3 * windows * filters;
    const contents = {
      [C_DELTA]: Array(count).fill(0x3f800000),
      [CHOICES]: Array.from({ length: count }, (_, e) => Math.floor(e / filters) % windows),
    };
    const matrices = { [IMAGES]: 3 * image, [C_DELTA]: count, [CHOICES]: count, [C_OUT]: rows * channels * filters };
    const tiles = Math.ceil(filters / 16);
    const sizes = { rows, columns: 1, channels };
    const scratch = outerScratch({ rows: 2, columns: 2, outHeight: 2, outWidth: 2 }, sizes, 3, Math.min(filters, 16));
    cases.push(operation("SPARSE_OUTER", { tiles, matrices, words, contents, scratch }));
  }
}

// Sums of δ below a max pool: four or two examples at once, of seven in two tiles; windows of one to four lines.
for (const filters of [5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65]) {
  for (const lines of [1, 2, 4]) {
    const pool = { POOL_ROWS: lines, POOL_COLUMNS: 2, POOLED_HEIGHT: 2, POOLED_WIDTH: 3 };
    const words = Object.fromEntries(
      Object.entries({ FILTERS: filters, EXAMPLES: 7, TILE: 4, ...pool }).map(([name, word]) => [
        /** @type {any} */ (places)[`CONVOLUTION_${name}`],
        word,
      ]),
    );
    const count = 7 * 6 * filters;
    const contents = {
      [C_DELTA]: Array(count).fill(0x3f800000),
      [CHOICES]: Array.from({ length: count }, (_, e) => e % (2 * lines)),
    };
    const matrices = { [C_DELTA]: count, [CHOICES]: count, [C_OUT]: 7 * filters };
    cases.push(operation("CHOSEN_SUMS", { tiles: 2, matrices, words, contents }));
  }
}

// Dropout: every rest of the draws of a vector, and of two; the last tile has one row of two.
for (const columns of [...Array.from({ length: 33 }, (_, e) => 16 + e), 63, 64, 65, 95, 96, 97]) {
  const { DROPOUT_X, DROPOUT_Z, DROPOUT_EXAMPLES, DROPOUT_COLUMNS, DROPOUT_ROWS, DROPOUT_TILE } = places;
  const words = { [DROPOUT_COLUMNS]: columns, [DROPOUT_ROWS]: 3, [DROPOUT_TILE]: 2 };
  const matrices = { [DROPOUT_X]: 3 * columns, [DROPOUT_Z]: 3 * columns, [DROPOUT_EXAMPLES]: 3 };
  cases.push(operation("DROPOUT", { tiles: 2, matrices, words, scratch: DROPOUT_SCRATCH }));
}

// Convolutions: vectors of filters or channels, blocks of positions (fifteen: 8 + 4 + 2 + 1), and the tables of both.
for (const columns of [1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33]) {
  for (const isBackward of [false, true]) {
    const [height, width, rows, outHeight, outWidth, images] = [4, 6, 2, 3, 5, 2];
    const [channels, filters] = isBackward ? [columns, 3] : [3, columns];
    const [positions, taps, panel] = [outHeight * outWidth, rows * rows * channels, columns > 8 ? 16 : 8];
    const panels = Math.ceil(columns / panel);
    const pixelBytes = 4 * (isBackward ? panel : channels);
    /** @type {(count: number, across: number) => number[]} */
    const pixels = (count, across) =>
      Array.from({ length: count }, (_, e) => (Math.floor(e / across) * width + (e % across)) * pixelBytes);
    const words = {
      ...{ [places.CONVOLUTION_HEIGHT]: height, [places.CONVOLUTION_WIDTH]: width },
      ...{ [places.CONVOLUTION_ROWS]: rows, [places.CONVOLUTION_COLUMNS]: rows },
      ...{ [places.CONVOLUTION_OUT_HEIGHT]: outHeight, [places.CONVOLUTION_OUT_WIDTH]: outWidth },
      ...{ [places.CONVOLUTION_DILATION_Y]: 1, [places.CONVOLUTION_DILATION_X]: 1 },
      ...{ [places.CONVOLUTION_CHANNELS]: channels, [places.CONVOLUTION_FILTERS]: filters },
      ...{ [places.CONVOLUTION_ROW]: width * pixelBytes, [places.CONVOLUTION_IMAGE]: height * width * pixelBytes },
      ...{ [places.CONVOLUTION_COUNT]: taps, [places.CONVOLUTION_TILE]: positions },
    };
    const contents = { [places.CONVOLUTION_POSITIONS]: pixels(positions, outWidth) };
    if (isBackward) {
      const matrices = {
        ...{ [places.CONVOLUTION_DELTA]: images * positions * filters, [places.CONVOLUTION_POSITIONS]: positions },
        [places.CONVOLUTION_PANELS]: panels * rows * rows * filters * panel,
        [places.CONVOLUTION_OUT]: images * height * width * channels,
      };
      cases.push(operation("CONVOLVE_BACKWARD", { tiles: images * panels, matrices, words, contents }));
    } else {
      const matrices = {
        ...{ [places.CONVOLUTION_IMAGES]: images * height * width * channels, [places.CONVOLUTION_TAPS]: taps },
        ...{ [places.CONVOLUTION_PANELS]: panels * taps * panel, [places.CONVOLUTION_BIAS]: filters },
        ...{ [places.CONVOLUTION_POSITIONS]: positions, [places.CONVOLUTION_OUT]: images * positions * filters },
      };
      const offsets = pixels(rows * rows, rows).flatMap((pixel) => [pixel, pixel + 4, pixel + 8]);
      const tables = { ...contents, [places.CONVOLUTION_TAPS]: offsets };
      cases.push(operation("CONVOLVE", { tiles: images, matrices, words, contents: tables }));
      // The same with a max pool behind it: of 3 × 5 positions, one row of two windows.
      const numbers = images * 2 * filters;
      const pooled = { ...matrices, [places.CONVOLUTION_OUT]: numbers, [places.CONVOLUTION_CHOICES]: numbers };
      for (const kind of [0, RELU, LEAKY_RELU]) {
        const pool = {
          ...{ [places.CONVOLUTION_POOL_ROWS]: 2, [places.CONVOLUTION_POOL_COLUMNS]: 2 },
          ...{ [places.CONVOLUTION_POOLED_HEIGHT]: 1, [places.CONVOLUTION_POOLED_WIDTH]: 2 },
          ...{ [places.CONVOLUTION_TILE]: 1, [places.CONVOLUTION_ACTIVATION]: kind },
        };
        const both = { ...words, ...pool };
        cases.push(operation("CONVOLVE_POOL", { tiles: images, matrices: pooled, words: both, contents: tables }));
      }
    }
  }
}

// ∂C/∂x below a max pool of 2 × 3: two images of 6 × 8 inside of padding, rows of 16 numbers and more, every place chosen.
for (const channels of [8, 9, 10, 12, 13, 16, 17, 33, 130]) {
  for (const filters of [1, 7, 8, 15, 16, 17, 64, 65]) {
    const numbers = 2 * channels;
    const of = {
      HEIGHT: 6,
      WIDTH: 8,
      CHANNELS: channels,
      ROWS: 3,
      COLUMNS: 2,
      STRIDE_Y: 1,
      STRIDE_X: 1,
      TOP: 1,
      LEFT: 1,
    };
    const pool = { POOL_ROWS: 2, POOL_COLUMNS: 3, POOLED_HEIGHT: 3, POOLED_WIDTH: 2 };
    const sizes = { DILATION_Y: 1, DILATION_X: 1, ROW: 40 * channels, IMAGE: 320 * channels, FILTERS: filters };
    const words = Object.fromEntries(
      Object.entries({ ...of, ...pool, ...sizes }).map(([name, word]) => {
        return [/** @type {any} */ (places)[`CONVOLUTION_${name}`], word];
      }),
    );
    const [count, chosen] = [12 * filters, places.CONVOLUTION_CHOICES];
    const contents = {
      [C_DELTA]: Array.from({ length: count }, (_, e) => (e % 5 === 0 ? 0 : 0x3f800000)),
      [chosen]: Array.from({ length: count }, (_, e) => (e * 7) % 6),
    };
    const matrices = {
      ...{ [C_DELTA]: count, [chosen]: count, [C_OUT]: 2 * 48 * channels },
      [places.CONVOLUTION_PANELS]: filters * 3 * layout.FILTER_ROW * Math.ceil(numbers / layout.FILTER_ROW),
    };
    cases.push(operation("SPARSE_BACKWARD", { tiles: 2, matrices, words, contents }));
  }
}

// Pooling of two images of 5 × 6, with padding and with an edge that no window sees.
const { POOL_X, POOL_Z, POOL_DELTA: POOL_D, POOL_DX, POOL_CHOICES } = places;
for (const channels of [5, 7, 8, 9, 15, 16, 17, 33]) {
  const sizes = { IMAGES: 2, TILE: 2, HEIGHT: 5, WIDTH: 6, CHANNELS: channels, ROWS: 2, COLUMNS: 3 };
  const all = { ...sizes, STRIDE_Y: 2, STRIDE_X: 1, TOP: 0, LEFT: 1, OUT_HEIGHT: 2, OUT_WIDTH: 6 };
  const words = Object.fromEntries(
    Object.entries(all).map(([name, word]) => [/** @type {any} */ (places)[`POOL_${name}`], word]),
  );
  const [x, z] = [60 * channels, 24 * channels];
  for (const [name, matrices] of /** @type {[string, Record<number, number>][]} */ ([
    ["MAX_POOL", { [POOL_X]: x, [POOL_Z]: z }],
    ["MAX_CHOICES", { [POOL_X]: x, [POOL_Z]: z, [POOL_CHOICES]: z }],
    ["MAX_POOL_BACKWARD", { [POOL_X]: x, [POOL_Z]: z, [POOL_D]: z, [POOL_DX]: x }],
    ["AVERAGE_POOL", { [POOL_X]: x, [POOL_Z]: z }],
    ["AVERAGE_POOL_BACKWARD", { [POOL_D]: z, [POOL_DX]: x }],
  ])) {
    cases.push(operation(name, { tiles: 1, matrices, words }));
  }
}

// Batch norm of seven examples of 19 positions.
const { BATCH_NORM_X, BATCH_NORM_Y, BATCH_NORM_OUT, BATCH_NORM_MEAN, BATCH_NORM_VARIANCE, ...batchNorm } = places;
for (const channels of [5, 7, 8, 9, 15, 16, 17, 33]) {
  const [EXAMPLES, POSITIONS] = [7, 19];
  const count = EXAMPLES * POSITIONS * channels;
  const wordsOf = (/** @type {number} */ tile) => ({
    [batchNorm.BATCH_NORM_CHANNELS]: channels,
    [batchNorm.BATCH_NORM_POSITIONS]: POSITIONS,
    [batchNorm.BATCH_NORM_EXAMPLES]: EXAMPLES,
    [batchNorm.BATCH_NORM_COUNT]: count,
    [batchNorm.BATCH_NORM_TILE]: tile,
  });
  for (const kind of [0, 1, 2]) {
    const words = { ...wordsOf(4), [batchNorm.BATCH_NORM_KIND]: kind };
    const sums = { [BATCH_NORM_X]: count, [BATCH_NORM_Y]: count, [BATCH_NORM_OUT]: EXAMPLES * channels };
    cases.push(operation("POSITION_SUMS", { tiles: 2, matrices: { ...sums, [BATCH_NORM_MEAN]: channels }, words }));
  }
  const tile = 4 * Math.ceil(count / 8);
  const rows = [BATCH_NORM_MEAN, BATCH_NORM_VARIANCE, batchNorm.BATCH_NORM_SCALE, batchNorm.BATCH_NORM_SHIFT];
  const matrices = Object.fromEntries([
    ...[BATCH_NORM_X, BATCH_NORM_Y, BATCH_NORM_OUT].map((at) => [at, count]),
    ...rows.map((at) => [at, channels]),
  ]);
  for (const name of ["NORMALIZE", "NORMALIZE_BACKWARD"]) {
    cases.push(operation(name, { tiles: 2, matrices, words: wordsOf(tile) }));
  }
}

if (process.argv[3] === "operations") {
  writeSync(1, [...new Set(cases.map(([, one]) => one.operation))].join(", "));
  process.exit(0);
}

// All codes in few pages.
const byOperation = new Map(kernels.map((kernel) => [kernel.operation, kernel]));
/** @type {Map<string, Uint8Array>} */
const written = new Map();
/** @type {(one: Case) => string} */
const keyOf = ({ operation, words }) => {
  const all = new Int32Array(PAGE / 4);
  for (const [place, word] of Object.entries(words)) all[Number(place) / 4] = word;
  const kernel = byOperation.get(operation);
  const form = kernel?.formOf(all, level) ?? -1;
  if (kernel === undefined || form < 0) throw new Error(`No machine code for operation ${operation}.`);
  const key = `${operation}, form ${form}`;
  if (!written.has(key)) written.set(key, kernel.write(level, form));
  return key;
};
for (const [, one] of cases) keyOf(one);
const addresses = placeCode(system, [...written.values()]);
if (isUnavailable(addresses)) throw new Error(addresses.reason);
const codes = new Map(
  [...written.keys()].map((key, at) => {
    const address = /** @type {bigint} */ (addresses[at]);
    return [key, system.callable(address, ["int", "void *", "void *"])];
  }),
);

const MEMORY = 2 ** 21;
const [SCRATCH, FIRST_MATRIX] = [2 * PAGE, 40 * PAGE];

/** @type {(one: Case, flushWith: "end" | "start") => void} */
function runBetweenFences(one, flushWith) {
  const memory = system.map(MEMORY);
  if (typeof memory === "number") throw new Error(`mmap: error ${memory}`);
  const words = new Int32Array(PAGE / 4);
  for (const [place, word] of Object.entries(one.words)) words[Number(place) / 4] = word;
  let page = FIRST_MATRIX;
  const fence = () => {
    if (system.makeInaccessible(memory + BigInt(page), PAGE) !== 0) throw new Error("mprotect");
    page += PAGE;
  };
  fence();
  for (const [place, count] of Object.entries(one.matrices)) {
    const bytes = 4 * count;
    const end = page + Math.ceil(bytes / PAGE) * PAGE;
    const at = flushWith === "end" ? end - bytes : page;
    words[Number(place) / 4] = at;
    const contents = one.contents?.[Number(place)];
    if (contents) system.copy(memory + BigInt(at), new Uint8Array(Uint32Array.from(contents).buffer));
    page = end;
    fence();
  }
  system.copy(memory, new Uint8Array(words.buffer));
  // Behind the scratch memory stands the first closed page.
  const scratch = one.scratch === undefined ? SCRATCH + layout.BEFORE_SCRATCH : FIRST_MATRIX - one.scratch;
  for (let tile = 0; tile < one.tiles; tile++) {
    codes.get(keyOf(one))?.(tile, memory, memory + BigInt(scratch));
  }
  system.unmap(memory, MEMORY);
}

for (const [name, one] of cases) {
  for (const side of /** @type {const} */ (["end", "start"])) {
    writeSync(1, `${level}: ${name}, ${side}, ${JSON.stringify(one.words)}\n`);
    runBetweenFences(one, side);
  }
}
writeSync(1, "done\n");
