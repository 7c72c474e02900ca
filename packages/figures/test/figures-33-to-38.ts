/** The book's figures of speed and of equal bits. */
import "../src/figures/f33-order.ts";
import "../src/figures/f34-race.ts";
import "../src/figures/f35-lanes.ts";
import "../src/figures/f36-digest.ts";
import "../src/figures/f37-workers.ts";
import "../src/figures/f38-roofline.ts";
