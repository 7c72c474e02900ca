/** How the pane looks in which one draws. */
import { css } from "lit";

/** What somebody should know before he believes an answer. */
export const noticeStyle = css`
  .notice {
    margin: 0.8rem 0 0;
    padding: 0.6rem 0.8rem;
    border-inline-start: 4px solid var(--amount);
    border-radius: 4px;
    background: var(--panel);
    font-size: 0.95em;
  }
`;

export const drawStyles = css`
  :host {
    container-type: inline-size;
  }
  .first {
    display: grid;
    grid-template-columns: minmax(0, 392px) minmax(0, 1fr);
    gap: 2rem;
    align-items: start;
  }
  @container (max-width: 44rem) {
    .first {
      grid-template-columns: minmax(0, 1fr);
      gap: 1rem;
    }
    .sheet {
      max-width: 392px;
    }
  }
  .answer {
    max-width: 34rem;
  }
  .large {
    min-height: 1.4em;
    margin: 0 0 0.8rem;
    font-size: 1.15em;
    line-height: 1.4;
  }
  section {
    margin-top: 2.4rem;
  }
  h3 {
    margin: 0 0 0.4rem;
    font-size: 1.1em;
    line-height: 1.3;
  }
  section > p {
    max-width: 44rem;
    margin: 0 0 1rem;
  }
  .quiet {
    margin: 0.6rem 0 0;
    font-size: 0.85em;
    color: var(--quiet);
  }
  .follow {
    margin: 1.2rem 0 0;
  }
  .arrows,
  .digits {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
    align-items: center;
  }
  .arrows span {
    margin-inline-end: 0.4rem;
    font-size: 0.9em;
    color: var(--quiet);
  }
  .arrows button,
  .digits button {
    min-width: 44px;
    padding: 0;
  }
  .digits {
    margin-bottom: 0.8rem;
  }
  .both {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 11rem)) minmax(0, 1fr);
    gap: 1.2rem;
    align-items: start;
  }
  @container (max-width: 40rem) {
    .both {
      grid-template-columns: 1fr 1fr;
    }
    .verdict {
      grid-column: 1 / -1;
    }
  }
  .way {
    display: grid;
    gap: 0.5rem;
  }
  .way button {
    min-height: 3.2em;
    padding: 0.2em 0.5em;
    line-height: 1.3;
  }
  .reads {
    margin: 0;
    text-align: center;
    font-size: 1.1em;
  }
  .verdict {
    max-width: 30rem;
    margin: 0.6rem 0 0;
  }
`;
