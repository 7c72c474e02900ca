/**
 * The kernels' arguments by name: each is the address of a 32-bit word. TypeScript writes the words of an operation,
 * and its kernel reads them. There is one table for each page of kernels. All start at the same place, because one
 * operation runs at a time; the first sixteen words are one cache line.
 */
import { ARGUMENTS } from "./layout.ts";

// products.ts: C = A·B, where A or B may be a transpose. A_ROW … B_COLUMN are bytes from one row (depth, column) to the
// next.

export const PRODUCT_A = ARGUMENTS;
export const PRODUCT_B = ARGUMENTS + 4;
export const PRODUCT_C = ARGUMENTS + 8;
/** A row that is added last, or 0. */
export const PRODUCT_BIAS = ARGUMENTS + 12;
export const PRODUCT_ROWS = ARGUMENTS + 16;
export const PRODUCT_COLUMNS = ARGUMENTS + 20;
export const PRODUCT_DEPTH = ARGUMENTS + 24;
export const PRODUCT_A_ROW = ARGUMENTS + 28;
export const PRODUCT_A_DEPTH = ARGUMENTS + 32;
export const PRODUCT_B_DEPTH = ARGUMENTS + 36;
export const PRODUCT_B_COLUMN = ARGUMENTS + 40;
/** What the sum is divided by, or 0. */
export const PRODUCT_EXAMPLES = ARGUMENTS + 44;
/** Depths that are summed before they are added to the sum of the others. */
export const PRODUCT_BLOCK = ARGUMENTS + 48;
/** Depths of a group of blocks. Each group has a sum of its own, one after the other at C. */
export const PRODUCT_GROUP = ARGUMENTS + 52;

// Beside the arguments of a product, those of one that leaves out A's zeros (src/backends/wasm/listed-products.ts)

/**
 * Lists of A's rows, each in two halves of PRODUCT_LIST_HALF bytes: offsets of B's rows, and the numbers of A. Each has
 * so many entries: a word a row.
 */
export const PRODUCT_LISTS = ARGUMENTS + 56;
export const PRODUCT_LIST_HALF = ARGUMENTS + 60;
export const PRODUCT_COUNTS = ARGUMENTS + 64;

// pixels.ts

/** Where each image's list and its bands start. */
export const PIXELS_OFFSETS = ARGUMENTS;
/** Which images the rows are. */
export const PIXELS_ORDER = ARGUMENTS + 4;
/** Images as bytes, to be listed. */
export const PIXELS_BYTES = ARGUMENTS + 8;
export const PIXELS_W = ARGUMENTS + 12;
export const PIXELS_DELTA = ARGUMENTS + 16;
/** What is made: z, ∂C/∂W or x. */
export const PIXELS_OUT = ARGUMENTS + 20;
/** A row that is added last, or 0. */
export const PIXELS_BIAS = ARGUMENTS + 24;
export const PIXELS_ROWS = ARGUMENTS + 28;
export const PIXELS_PER_IMAGE = ARGUMENTS + 32;
export const PIXELS_COLUMNS = ARGUMENTS + 36;
/** Bands of an image. */
export const PIXELS_BANDS = ARGUMENTS + 40;
/** Images, bands or blocks of a tile. */
export const PIXELS_TILE = ARGUMENTS + 44;
/** Where the sums of groups of blocks stand, or 0. */
export const PIXELS_SUMS = ARGUMENTS + 48;
/** What the sum is divided by; 0 if it is not yet the whole batch's. */
export const PIXELS_EXAMPLES = ARGUMENTS + 52;
export const PIXELS_GROUPS = ARGUMENTS + 56;
/** The number of the piece that the groups are of. */
export const PIXELS_PIECE = ARGUMENTS + 60;
/** Where the sums of the pieces before it stand. */
export const PIXELS_LEVELS = ARGUMENTS + 64;

// rows.ts

/** What is read: z, a, δ, outputs or losses. */
export const ROWS_IN = ARGUMENTS;
/** What is made: a matrix, or a number a block. */
export const ROWS_OUT = ARGUMENTS + 4;
export const ROWS_COUNT = ARGUMENTS + 8;
export const ROWS_COLUMNS = ARGUMENTS + 12;
/** A word a row, or 0. */
export const ROWS_LABELS = ARGUMENTS + 16;
/** A number for each output, or 0. */
export const ROWS_TARGETS = ARGUMENTS + 20;
export const ROWS_LOSSES = ARGUMENTS + 24;
/** w and 2w of the squared error. */
export const ROWS_WEIGHT = ARGUMENTS + 28;
export const ROWS_TWICE = ARGUMENTS + 32;
/** Which rows are selected: a word a row. */
export const ROWS_ORDER = ARGUMENTS + 36;
/** Rows of a tile, where it is not TILE_ROWS; of meanRows, rows of a group of blocks. */
export const ROWS_TILE = ARGUMENTS + 40;
/** What the sums of meanRows are divided by. */
export const ROWS_TERMS = ARGUMENTS + 60;

// pooling.ts: the rest is the window (backends/window.ts)

export const POOL_X = ARGUMENTS;
export const POOL_Z = ARGUMENTS + 4;
export const POOL_DELTA = ARGUMENTS + 8;
/** ∂C/∂x */
export const POOL_DX = ARGUMENTS + 12;
export const POOL_IMAGES = ARGUMENTS + 16;
/** Images of a tile. */
export const POOL_TILE = ARGUMENTS + 20;
/** Whether four neighbours of the output may be done at once: 0 where they may add to the same pixel. */
export const POOL_NEIGHBOURS = ARGUMENTS + 24;
export const POOL_HEIGHT = ARGUMENTS + 28;
export const POOL_WIDTH = ARGUMENTS + 32;
export const POOL_CHANNELS = ARGUMENTS + 36;
export const POOL_ROWS = ARGUMENTS + 40;
export const POOL_COLUMNS = ARGUMENTS + 44;
export const POOL_STRIDE_Y = ARGUMENTS + 48;
export const POOL_STRIDE_X = ARGUMENTS + 52;
export const POOL_TOP = ARGUMENTS + 56;
export const POOL_LEFT = ARGUMENTS + 60;
export const POOL_OUT_HEIGHT = ARGUMENTS + 64;
export const POOL_OUT_WIDTH = ARGUMENTS + 68;
/** Which pixel of each window is its maximum: a word for each number that comes out, from 0 on, row-major. */
export const POOL_CHOICES = ARGUMENTS + 72;

// losses.ts: besides ROWS_IN (z or a), ROWS_OUT (the gradient), ROWS_COUNT, ROWS_COLUMNS, ROWS_LABELS, ROWS_TARGETS,
// ROWS_LOSSES and ROWS_WEIGHT

/** The weight of each class. */
export const LOSS_CLASS_WEIGHTS = ARGUMENTS + 44;
/** The smoothed target at the label, and elsewhere. */
export const LOSS_ON = ARGUMENTS + 48;
export const LOSS_OFF = ARGUMENTS + 52;
/** δ: where the Huber loss becomes a straight line. */
export const LOSS_DELTA = ARGUMENTS + 56;

// elementwise.ts: activations

export const ACTIVATION_Z = ARGUMENTS;
export const ACTIVATION_A = ARGUMENTS + 4;
/** ∂C/∂a */
export const ACTIVATION_DA = ARGUMENTS + 8;
export const ACTIVATION_DELTA = ARGUMENTS + 12;
export const ACTIVATION_COUNT = ARGUMENTS + 16;
/** Which: RELU, LEAKY_RELU … */
export const ACTIVATION_KIND = ARGUMENTS + 20;

// elementwise.ts: z = x + s·y, and the mean of sums that stand one after the other at x

export const SUM_X = ARGUMENTS;
export const SUM_Y = ARGUMENTS + 4;
export const SUM_Z = ARGUMENTS + 8;
export const SUM_COUNT = ARGUMENTS + 12;
export const SUM_SCALE = ARGUMENTS + 16;
export const SUM_GROUPS = ARGUMENTS + 20;
/** What the sum is divided by. */
export const SUM_EXAMPLES = ARGUMENTS + 24;

// elementwise.ts: updates

export const UPDATE_W = ARGUMENTS;
export const UPDATE_GRADIENT = ARGUMENTS + 4;
export const UPDATE_COUNT = ARGUMENTS + 8;
/** η, or Adam's step size */
export const UPDATE_ETA = ARGUMENTS + 12;
export const UPDATE_LAMBDA = ARGUMENTS + 16;
export const UPDATE_VELOCITY = ARGUMENTS + 20;
export const UPDATE_MU = ARGUMENTS + 24;
export const UPDATE_NESTEROV = ARGUMENTS + 28;
export const UPDATE_SQUARE = ARGUMENTS + 32;
/** v ← old·v + fresh·g²: β₂ and 1 − β₂ of Adam */
export const UPDATE_OLD = ARGUMENTS + 36;
export const UPDATE_FRESH = ARGUMENTS + 40;
export const UPDATE_EPSILON = ARGUMENTS + 44;
export const UPDATE_MEAN = ARGUMENTS + 48;
/** m ← β₁·m + (1 − β₁)·g */
export const UPDATE_MEAN_OLD = ARGUMENTS + 52;
export const UPDATE_MEAN_FRESH = ARGUMENTS + 56;
/** What W is multiplied with first, or 1. */
export const UPDATE_KEEP = ARGUMENTS + 60;

// batch-norm.ts: n channels at each of P positions of an example

/** What is read first: x, δ, the rows of a sum, or a batch's statistic. */
export const BATCH_NORM_X = ARGUMENTS;
/** x̂, or what x is multiplied with in a sum. */
export const BATCH_NORM_Y = ARGUMENTS + 4;
/** What is made: sums, y, ∂C/∂x, or the statistic that moves. */
export const BATCH_NORM_OUT = ARGUMENTS + 8;
/** μ, or mean(δ) */
export const BATCH_NORM_MEAN = ARGUMENTS + 12;
export const BATCH_NORM_VARIANCE = ARGUMENTS + 16;
/** γ */
export const BATCH_NORM_SCALE = ARGUMENTS + 20;
/** β, or mean(δ·x̂) */
export const BATCH_NORM_SHIFT = ARGUMENTS + 24;
export const BATCH_NORM_EPSILON = ARGUMENTS + 28;
export const BATCH_NORM_CHANNELS = ARGUMENTS + 32;
export const BATCH_NORM_POSITIONS = ARGUMENTS + 36;
export const BATCH_NORM_EXAMPLES = ARGUMENTS + 40;
/** Numbers in all. */
export const BATCH_NORM_COUNT = ARGUMENTS + 44;
/** Examples, rows of a group, or numbers of a tile. */
export const BATCH_NORM_TILE = ARGUMENTS + 48;
/** What is summed: 0 x, 1 (x − μ)², 2 x·y. */
export const BATCH_NORM_KIND = ARGUMENTS + 52;
/** s ← old·s + fresh·b */
export const BATCH_NORM_OLD = ARGUMENTS + 56;
export const BATCH_NORM_FRESH = ARGUMENTS + 60;

// dropout.ts

export const DROPOUT_X = ARGUMENTS;
export const DROPOUT_Z = ARGUMENTS + 4;
export const DROPOUT_ROWS = ARGUMENTS + 8;
export const DROPOUT_COLUMNS = ARGUMENTS + 12;
/** Rows of a tile. */
export const DROPOUT_TILE = ARGUMENTS + 16;
/** The number of each row's example: a word a row. */
export const DROPOUT_EXAMPLES = ARGUMENTS + 20;
export const DROPOUT_EPOCH = ARGUMENTS + 24;
/** The two words of the stream's key. */
export const DROPOUT_KEY = ARGUMENTS + 28;
export const DROPOUT_KEY_HIGH = ARGUMENTS + 32;
/** A number is dropped if its random word is below. */
export const DROPOUT_THRESHOLD = ARGUMENTS + 36;
/** 1 / (1 − r) */
export const DROPOUT_SCALE = ARGUMENTS + 40;

// norms.ts

/** What is changed or summed: a gradient, weights, averages. */
export const NORM_IN = ARGUMENTS;
/** Weights that are read; of sumSquares a float64 a block, which is made. */
export const NORM_OTHER = ARGUMENTS + 4;
/** Numbers, or of limitColumns rows. */
export const NORM_COUNT = ARGUMENTS + 8;
export const NORM_COLUMNS = ARGUMENTS + 12;
/** λ, s, c or d */
export const NORM_NUMBER = ARGUMENTS + 16;
/** 1 − d */
export const NORM_FRESH = ARGUMENTS + 20;

// augment.ts

/** Lists of the images that are changed, and which of them the rows are: as PIXELS_OFFSETS and PIXELS_ORDER. */
export const AUGMENT_OFFSETS = ARGUMENTS;
export const AUGMENT_ORDER = ARGUMENTS + 4;
export const AUGMENT_BANDS = ARGUMENTS + 8;
export const AUGMENT_ROWS = ARGUMENTS + 12;
/** MAP words an image. */
export const AUGMENT_MAPS = ARGUMENTS + 16;
/** Where the new bytes go. */
export const AUGMENT_OUT = ARGUMENTS + 20;
export const AUGMENT_HEIGHT = ARGUMENTS + 24;
export const AUGMENT_WIDTH = ARGUMENTS + 28;
export const AUGMENT_CHANNELS = ARGUMENTS + 32;
/** The stream's key, and the epoch and the copy that are drawn. */
export const AUGMENT_KEY_0 = ARGUMENTS + 36;
export const AUGMENT_KEY_1 = ARGUMENTS + 40;
export const AUGMENT_EPOCH = ARGUMENTS + 44;
export const AUGMENT_COPY = ARGUMENTS + 48;
/** Nodes in a row and in a column of the grid, and their distance in pixels; no nodes without elastic distortion. */
export const AUGMENT_NODES_ACROSS = ARGUMENTS + 52;
export const AUGMENT_NODES_DOWN = ARGUMENTS + 56;
export const AUGMENT_SPACING = ARGUMENTS + 60;
/** How many nodes one pixel sees in a row or column. */
export const AUGMENT_REACH = ARGUMENTS + 64;
/** The weights of the nodes: for each node across a row of numbers, for each node down a row of numbers. */
export const AUGMENT_ACROSS = ARGUMENTS + 68;
export const AUGMENT_DOWN = ARGUMENTS + 72;
/** The noise's standard deviation, or 0; float32. */
export const AUGMENT_NOISE = ARGUMENTS + 76;
/** The byte of what is erased. */
export const AUGMENT_FILL = ARGUMENTS + 80;
/** Where parts of the scratch memory begin: quads, the nodes' numbers, their sums across, the noise. */
export const AUGMENT_QUADS = ARGUMENTS + 84;
export const AUGMENT_NODES = ARGUMENTS + 88;
export const AUGMENT_SUMS = ARGUMENTS + 92;
export const AUGMENT_NORMALS = ARGUMENTS + 96;

// windows.ts, convolution.ts and the files beside it

/** Images as they are, or where their lists are: CONVOLUTION_OFFSETS, CONVOLUTION_ORDER. */
export const CONVOLUTION_X = ARGUMENTS;
export const CONVOLUTION_OFFSETS = ARGUMENTS + 4;
export const CONVOLUTION_ORDER = ARGUMENTS + 8;
export const CONVOLUTION_BANDS = ARGUMENTS + 12;
/** Images as the window reads them: with padding around them. Bytes of one of them, and of a row of it. */
export const CONVOLUTION_IMAGES = ARGUMENTS + 16;
export const CONVOLUTION_IMAGE = ARGUMENTS + 20;
export const CONVOLUTION_ROW = ARGUMENTS + 24;
/** Terms that the law leaves out: 0 none, 1 those of padding, 2 those of bytes that are 0 too. */
export const CONVOLUTION_SKIPS = ARGUMENTS + 28;
export const CONVOLUTION_W = ARGUMENTS + 32;
/** W's columns copied together, so many at a time; whether they are channels, not filters. */
export const CONVOLUTION_PANELS = ARGUMENTS + 36;
export const CONVOLUTION_PANEL = ARGUMENTS + 184;
export const CONVOLUTION_TURNED = ARGUMENTS + 40;
/** Not 0 once a number of W that was copied is infinite or NaN. */
export const CONVOLUTION_NOT_FINITE = ARGUMENTS + 188;
export const CONVOLUTION_BIAS = ARGUMENTS + 44;
export const CONVOLUTION_DELTA = ARGUMENTS + 48;
/** What is made. */
export const CONVOLUTION_OUT = ARGUMENTS + 52;
export const CONVOLUTION_EXAMPLES = ARGUMENTS + 56;
/** What sums over the batch are divided by. */
export const CONVOLUTION_TERMS = ARGUMENTS + 180;
/** Positions or taps of a tile, and its filters. */
export const CONVOLUTION_TILE = ARGUMENTS + 60;
export const CONVOLUTION_TILE_FILTERS = ARGUMENTS + 152;
/** Where each position's window begins: bytes, a word a position, and three more words that can be read. */
export const CONVOLUTION_POSITIONS = ARGUMENTS + 64;
/** What each tap looks at, from where the window begins: bytes, a word a tap. */
export const CONVOLUTION_TAPS = ARGUMENTS + 68;
/** How many taps there are. */
export const CONVOLUTION_COUNT = ARGUMENTS + 72;
/** A run is taps that stand side by side in the image: its bytes, how many a row of the window has, bytes between. */
export const CONVOLUTION_RUN = ARGUMENTS + 76;
export const CONVOLUTION_RUNS = ARGUMENTS + 80;
export const CONVOLUTION_GAP = ARGUMENTS + 84;
/** Bytes from behind the last run of a row of the window to the next row, beyond a gap. */
export const CONVOLUTION_ROW_GAP = ARGUMENTS + 88;
/** Bytes from behind a row of positions to the next row. */
export const CONVOLUTION_POSITION_GAP = ARGUMENTS + 92;
export const CONVOLUTION_FILTERS = ARGUMENTS + 96;
/** The window, as src/backends/window.ts describes it. */
export const CONVOLUTION_HEIGHT = ARGUMENTS + 100;
export const CONVOLUTION_WIDTH = ARGUMENTS + 104;
export const CONVOLUTION_CHANNELS = ARGUMENTS + 108;
export const CONVOLUTION_ROWS = ARGUMENTS + 112;
export const CONVOLUTION_COLUMNS = ARGUMENTS + 116;
export const CONVOLUTION_STRIDE_Y = ARGUMENTS + 120;
export const CONVOLUTION_STRIDE_X = ARGUMENTS + 124;
export const CONVOLUTION_DILATION_Y = ARGUMENTS + 128;
export const CONVOLUTION_DILATION_X = ARGUMENTS + 132;
export const CONVOLUTION_TOP = ARGUMENTS + 136;
export const CONVOLUTION_LEFT = ARGUMENTS + 140;
export const CONVOLUTION_OUT_HEIGHT = ARGUMENTS + 144;
export const CONVOLUTION_OUT_WIDTH = ARGUMENTS + 148;

// The same beside a max pool whose windows touch (sparse.ts): CONVOLUTION_DELTA is then δ of each window's maximum, and
// what `convolvePool` makes is each window's maximum.

/** As POOL_CHOICES; 0 where δ has a number for each position. */
export const CONVOLUTION_CHOICES = ARGUMENTS + 156;
/** The pool's window, and how many of them there are down and across. */
export const CONVOLUTION_POOL_ROWS = ARGUMENTS + 160;
export const CONVOLUTION_POOL_COLUMNS = ARGUMENTS + 164;
export const CONVOLUTION_POOLED_HEIGHT = ARGUMENTS + 168;
export const CONVOLUTION_POOLED_WIDTH = ARGUMENTS + 172;
/** σ between the two: 0, RELU or LEAKY_RELU. */
export const CONVOLUTION_ACTIVATION = ARGUMENTS + 176;
