/**
 * A formula in words, for those who hear it: `\frac{\partial C}{\partial w_j} = x_j\,\delta` is "the derivative of C
 * with respect to w sub j equals x sub j times delta". Screen readers on phones find no words in a typeset formula.
 */

const WORDS: Readonly<Record<string, string>> = {
  ...{
    "=": "equals",
    "+": "plus",
    "-": "minus",
    "−": "minus",
    "/": "over",
    "<": "is less than",
    ">": "is greater than",
  },
  ...{ "·": "times", "×": "times", "′": "prime", "'": "prime", "|": "bar", "∂": "d", "⊙": "element by element times" },
  ...{ "≈": "is about", "≤": "is at most", "≥": "is at least", "≠": "is not", Σ: "the sum of", "∞": "infinity" },
  ...{ cdot: "times", times: "times", odot: "element by element times", pm: "plus or minus", div: "divided by" },
  ...{ le: "is at most", leq: "is at most", ge: "is at least", geq: "is at least", ne: "is not", neq: "is not" },
  ...{ ll: "is much less than", gg: "is much greater than", approx: "is about", equiv: "is defined as" },
  ...{ oplus: "plus rounded" },
  ...{ to: "to", rightarrow: "to", mapsto: "to", leftarrow: "becomes", gets: "becomes", Rightarrow: "so" },
  ...{ in: "in", infty: "infinity", dots: "and so on", ldots: "and so on", cdots: "and so on", vdots: "and so on" },
  ...{ partial: "d", nabla: "the gradient of", prime: "prime", top: "transposed", ast: "star", circ: "after" },
  ...{ ln: "the logarithm of", log: "the logarithm of", exp: "e to the power of", max: "the maximum of" },
  ...{ min: "the minimum of", argmax: "the place of the maximum of", int: "the integral of", lVert: "norm of" },
  ...{ rVert: "", Vert: "norm", mid: "given", vert: "bar", ell: "l", forall: "for all", quad: ",", qquad: "," },
  ...{ varepsilon: "epsilon", varphi: "phi", "%": "percent", "{": "", "}": "", colon: "" },
  ...{ lfloor: "the whole part of", rfloor: "", "&": "," },
};
/** Commands that change how something looks, or what stands over it: the word that follows it. */
const MARKS: Readonly<Record<string, string>> = {
  ...{ hat: "hat", widehat: "hat", bar: "bar", overline: "bar", tilde: "tilde", vec: "vector", dot: "dot" },
  ...{ mathbf: "", mathrm: "", mathit: "", mathsf: "", mathtt: "", boldsymbol: "", operatorname: "", textbf: "" },
  ...{ text: "", textrm: "", underbrace: "", overbrace: "", boxed: "", mathcal: "", mathbb: "", textit: "" },
};
const SILENT = new Set([
  ...[",", ";", ":", "!", " ", "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "displaystyle"],
  ...["textstyle", "limits", "nolimits", "nonumber", "notag", "hspace", "phantom", "kern"],
]);

/** The words of a formula in TeX. */
export function spoken(tex: string): string {
  const tokens = tex.match(/\\[a-zA-Z]+\*?|\\\\|\\.|[\d.]*\d|\S/g) ?? [];
  const words = new Speaker(tokens).sequence();
  return words
    .join(" ")
    .replaceAll(" ,", ",")
    .replace(/,+/g, ",")
    .replace(/\s+/g, " ")
    .replace(/^[, ]+|[, ]+$/g, "");
}

class Speaker {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  /** All up to the end, or to the brace that closes. */
  sequence(): string[] {
    const words: string[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== "}") words.push(...this.#one());
    return words;
  }

  /** What belongs together: a group in braces, a command with its arguments, a sign. */
  #one(): string[] {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return [];
    if (token === "{") return this.#group();
    if (token === "^") return raised(this.#one());
    if (token === "_") return ["sub", ...this.#one()];
    if (token === "&" || token === "~") return [];
    if (token === "\\\\") return [","];
    if (token.startsWith("\\")) return this.#command(token.slice(1).replace("*", ""));
    return [WORDS[token] ?? token];
  }

  #group(): string[] {
    const words = this.sequence();
    this.#at++;
    return words;
  }

  #command(name: string): string[] {
    if (name === "frac" || name === "tfrac" || name === "dfrac") return this.#fraction();
    if (name === "sqrt") return ["the square root of", ...this.#one()];
    if (name === "sum" || name === "prod") return this.#sum(name === "sum" ? "the sum" : "the product");
    if (name === "begin" || name === "end") {
      this.#one();
      return [","];
    }
    if (SILENT.has(name)) return [];
    const mark = MARKS[name];
    if (mark === undefined) return [WORDS[name] ?? name];
    const words = this.#one();
    // The letters of a word in \text were taken apart.
    const whole = words.every((word) => word.length === 1) ? [words.join("")] : words;
    return mark === "" ? whole : [...whole, mark];
  }

  #fraction(): string[] {
    const [above, below] = [this.#one(), this.#one()];
    if (above[0] === "d" && below[0] === "d" && above.length > 1)
      return ["the derivative of", ...above.slice(1), "with respect to", ...below.slice(1)];
    const isShort = above.length === 1 && below.length === 1;
    return isShort ? [...above, "over", ...below] : ["the fraction", ...above, "over", ...below, "end of fraction,"];
  }

  #sum(what: string): string[] {
    let from: string[] = [];
    let to: string[] = [];
    while (this.#tokens[this.#at] === "_" || this.#tokens[this.#at] === "^" || this.#tokens[this.#at] === "\\limits") {
      const sign = this.#tokens[this.#at++];
      if (sign === "_") from = this.#one();
      else if (sign === "^") to = this.#one();
    }
    if (to.length > 0) return [what, "from", ...from, "to", ...to, "of"];
    return from.length > 0 ? [what, "over", ...from, "of"] : [what, "of"];
  }
}

function raised(words: readonly string[]): string[] {
  const text = words.join(" ");
  if (text === "2") return ["squared"];
  if (text === "T" || text === "transposed") return ["transposed"];
  if (text === "prime" || text === "star") return [text];
  if (text.startsWith("(")) return ["of layer", text.replace(/^\( ?/, "").replace(/ ?\)$/, "")];
  return ["to the power of", text];
}
