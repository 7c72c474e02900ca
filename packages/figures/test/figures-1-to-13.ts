import "../src/figures/f03-activation.ts";
