/** The figures of convolution. */
import "../src/figures/f30-window.ts";
import "../src/figures/f31-conv-gradient.ts";
import "../src/figures/f32-shift.ts";
