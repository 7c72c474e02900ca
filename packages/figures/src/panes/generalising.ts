/**
 * From which difference on, between the accuracy on examples that a network learns from and on others, it is asked
 * whether it learns them by heart: five points. One or two points are usual.
 */
export const BY_HEART = 0.05;

/**
 * Whether what is learnt still helps with new examples: in the later half of the training their loss has fallen, by 3 %
 * at least. A network that fits its own examples better and better, and not the others, is overfitting.
 */
export function stillHelps(lossHalfway: number, loss: number): boolean {
  return loss < 0.97 * lossHalfway;
}
