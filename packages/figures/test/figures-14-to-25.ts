/** The book's figures of learning. */
import "../src/figures/f14-output-error.ts";
import "../src/figures/f15-hidden-error.ts";
import "../src/figures/f16-bias-gradient.ts";
import "../src/figures/f17-weight-gradients.ts";
import "../src/figures/f18-proof.ts";
import "../src/figures/f19-planted-bug.ts";
