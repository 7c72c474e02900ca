/**
 * What the kernels and the TypeScript that calls them agree on: where things stand in the shared memory, how work is
 * cut into tiles, and the numbers of operations and activations. AssemblyScript and tsc both compile this file, so it
 * holds nothing but whole numbers.
 */

// The shared memory below the arena. What several threads write stands on a cache line of its own. threads.ts says what
// each of these is for.

export const GENERATION = 128;
export const DONE = 192;
export const SLEEPERS = 256;
export const WAITING = 320;
export const QUIT = 384;
/** The published operation: its number, how many shares it has, and which tile is its first. */
export const OPERATION = 448;
/** The arguments of the published operation: 32-bit words. */
export const ARGUMENTS = 512;
/** Not 0 once a helping thread has died. */
export const FAILED = 704;
/** The address of the machine code that runs the published operation's tiles: 64 bits (backends/fast/machine.ts). */
export const CODE = 768;
/** Where the threads' scratch memory starts, and how many bytes each thread has: two words, written by the caller. */
export const SCRATCH = 832;
/** The 256 numbers byte / 255. */
export const BYTES = 1024;
/** One ticket a share, each on a cache line. */
export const TICKETS = 2048;
/** As many tickets as there is room for; of more threads some start with the same share. */
export const MOST_SHARES = 32;
/** Everything that is allocated comes after. */
export const ARENA = 4096;

/** Kernels may read so many bytes beyond a piece of memory: twelve cache lines (pixels.ts, `fetch`). */
export const BEYOND = 768;
/** Bytes before a thread's scratch memory that are its own too, and with the vector that may be read behind it. */
export const BEFORE_SCRATCH = 192;
export const AROUND_SCRATCH = 256;

/** Examples in a block of a sum over the batch: the law of backends/backend.ts. */
export const BLOCK = 128;
/** A tile of a dense product is TILE_ROWS × TILE_COLUMNS numbers of its result; other tiles are rows, or columns. */
export const TILE_ROWS = 64;
export const TILE_COLUMNS = 32;
/** A tile of what is done to each number by itself. */
export const TILE_NUMBERS = 8192;
/** Numbers of a tile that draws a random number for each: as many rows as make about so many, at least one. */
export const TILE_DRAWS = 2048;
/** A sum of squares is made in blocks of TILE_NUMBERS; a tile sums so many blocks beside each other. */
export const NORM_BLOCKS = 4;
/** Pixels of a band of an image. */
export const BAND = 112;
/** Columns that matmul of pixels takes at a time. */
export const SUM_COLUMNS = 16;
/** Columns that meanOuter of pixels takes at a time; where FEW_COLUMNS or fewer are left, it takes so many. */
export const ADD_COLUMNS = 32;
export const FEW_COLUMNS = 12;
/** Pixels of a tile that adds the sums of groups of blocks, and the most bytes of their sums. */
export const STRIP = 16;
export const STRIP_BYTES = 2048;
/** From so many images on, W's columns are copied together first. */
export const MANY_IMAGES = 64;

/** Images of a tile that changes images. */
export const AUGMENT_IMAGES = 4;
/**
 * Words that say how one image is changed: a, b, c, d, e, f of x′ = a·x + b·y + c, y′ = d·x + e·y + f (float32); the
 * erased rows and columns, from and to (float32); the example's number.
 */
export const MAP = 12;
export const MAP_ERASED = 6;
export const MAP_EXAMPLE = 10;
/** Elements of the stream `augment`: the draws of the nodes and of the noise begin here (backends/warp.ts). */
export const NODE_DRAWS = 65536;
export const NOISE_DRAWS = 1073741824;

/** Work below so many vector operations is done by the caller alone: it takes about as long as to wake a thread. */
export const SMALL = 12000;

// Operations

export const PRODUCT = 0;
export const PIXEL_PRODUCT = 1;
export const PIXEL_MEAN_OUTER = 2;
export const ACTIVATE = 3;
export const ACTIVATE_BACKWARD = 4;
export const SOFTMAX = 5;
export const SOFTMAX_CROSS_ENTROPY = 6;
export const SQUARED_ERROR = 7;
export const MEAN_ROWS = 8;
export const SUM_LOSSES = 9;
export const SGD = 10;
export const MOMENTUM = 11;
export const ADAM = 12;
export const ROOT_SQUARE = 13;
export const LIST = 14;
export const COUNT = 15;
export const ADD_GROUPS = 16;
export const COUNT_HITS = 17;
export const ADD_SCALED = 18;
export const UNPACK = 19;
export const SELECT = 20;
export const MEAN_OF_GROUPS = 21;
export const MAX_POOL = 28;
export const MAX_POOL_BACKWARD = 29;
export const AVERAGE_POOL = 30;
export const AVERAGE_POOL_BACKWARD = 31;
export const POSITION_SUMS = 34;
export const SUM_ROWS = 35;
export const NORMALIZE = 36;
export const NORMALIZE_BACKWARD = 37;
export const MOVE_STATISTIC = 38;
export const DROPOUT = 40;
export const WEIGHTED_CROSS_ENTROPY = 42;
export const BINARY_CROSS_ENTROPY = 43;
export const HUBER_ERROR = 44;
export const ABSOLUTE_ERROR = 45;
export const ADD_SIGN = 48;
export const SUM_SQUARES = 49;
export const SCALE = 50;
export const LIMIT_COLUMNS = 51;
export const AVERAGE = 52;
export const AUGMENT = 54;
/** Products that leave out zeros. The first two are machine code alone: without it dense products are faster. */
export const LIST_ROWS = 53;
export const LISTED_PRODUCT = 55;
export const TRANSPOSE = 56;
export const LIST_BY_PIXEL = 57;
/** Rows that are listed, or transposed, in a tile. A tile of a listed product is TILE_ROWS × LISTED_COLUMNS numbers. */
export const LISTED_ROWS = 16;
export const LISTED_COLUMNS = 128;
/** Convolutions. */
export const PAD = 22;
export const PACK = 23;
export const CONVOLVE = 24;
export const CONVOLVE_BACKWARD = 25;
export const CONVOLVE_OUTER = 26;
/** Convolutions below a max pool: both together, and of δ the few numbers that are not 0 (sparse.ts). */
export const CONVOLVE_POOL = 47;
export const MAX_CHOICES = 27;
export const CHOSEN_SUMS = 32;
export const CHECK_FINITE = 33;
export const PACK_FILTERS = 39;
export const SPARSE_BACKWARD = 41;
export const SPARSE_OUTER = 46;
/** Numbers that a row of a filter, or of its gradient, is padded to a multiple of. */
export const FILTER_ROW = 16;
/** Tiles of this number are machine code: the import `foreign` runs them (index.ts). */
export const FOREIGN = 64;

// Activations; the identity needs no kernel.

export const RELU = 1;
export const LEAKY_RELU = 2;
export const SIGMOID = 3;
export const TANH = 4;
export const GELU = 5;
export const SILU = 6;
export const ELU = 7;
