/**
 * All elements below a root, also those in the shadow roots there: figures are made of elements with roots of their
 * own.
 */
export function* within(root: ParentNode): Generator<Element> {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    const { shadowRoot } = element;
    // What is said about a figure is no part of it.
    if (shadowRoot !== null && element.localName !== "inkling-about") yield* within(shadowRoot);
  }
}
