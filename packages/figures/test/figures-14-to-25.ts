/** The book's figures of learning. */
import "../src/figures/f14-output-error.ts";
import "../src/figures/f15-hidden-error.ts";
import "../src/figures/f16-bias-gradient.ts";
import "../src/figures/f17-weight-gradients.ts";
import "../src/figures/f18-proof.ts";
import "../src/figures/f19-planted-bug.ts";
import "../src/figures/f20-learning-rate.ts";
import "../src/figures/f21-batch.ts";
import "../src/figures/f22-one-step.ts";
import "../src/figures/f23-two-starts.ts";
import "../src/figures/f24-generalisation.ts";
import "../src/figures/f25-sure.ts";
