import "../src/figures/f01-pixels.ts";
import "../src/figures/f02-line.ts";
import "../src/figures/f03-activation.ts";
import "../src/figures/f04-sum.ts";
import "../src/figures/f05-softmax.ts";
import "../src/figures/f06-loss.ts";
