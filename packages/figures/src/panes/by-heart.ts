/**
 * From which difference on, between the accuracy on examples that a network learns from and on others, it is said to
 * learn them by heart: five points. One or two points are usual, also where the others still get better.
 */
export const BY_HEART = 0.05;
