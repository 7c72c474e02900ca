import "../src/figures/f03-activation.ts";
import "../src/figures/f05-softmax.ts";
import "../src/figures/f06-loss.ts";
