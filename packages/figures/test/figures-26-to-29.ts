/** The book's figures of learning better and deeper. */
import "../src/figures/f26-overfitting.ts";
import "../src/figures/f27-vanishing.ts";
import "../src/figures/f28-optimizers.ts";
import "../src/figures/f29-slow-start.ts";
