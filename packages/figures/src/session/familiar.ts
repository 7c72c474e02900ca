/** A file of its own, so that it comes when a pane that draws is opened, and not with the first view. */
export { learnFamiliarity, takeFamiliarity } from "inkling";
