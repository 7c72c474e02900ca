/**
 * The pixels that are 0 in all 60,000 training images of MNIST: 67 of 784, most of them in the corners. A test counts
 * them again.
 */
export const ALWAYS_BLACK: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 52, 53, 54],
  ...[55, 56, 57, 82, 83, 84, 85, 111, 112, 140, 141, 168, 476, 560, 644, 645, 671, 672, 673, 699, 700, 701, 727, 728],
  ...[729, 730, 754, 755, 756, 757, 758, 759, 780, 781, 782, 783],
];
