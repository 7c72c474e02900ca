/** What the first view does without. It comes with the pane that needs it. */
export { learnFamiliarity, takeFamiliarity } from "inkling";
export { Constraints } from "inkling/proofs";
