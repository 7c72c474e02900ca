/** What panes of several sections have in common: headings, paragraphs, and the quiet line that explains. */
import { css } from "lit";

export const paneStyles = css`
  section {
    margin: 0 0 2.5em;
  }
  h3 {
    margin: 0 0 0.3em;
    font-size: 1.1em;
  }
  p {
    max-width: 68ch;
    margin: 0 0 0.8em;
  }
  .help {
    color: var(--quiet);
    font-size: 0.9em;
  }
`;
