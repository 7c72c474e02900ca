/** What a session says. */
import { messages } from "../words/messages.ts";

export const words = messages("session", {
  noWorker: "This page could not start a worker to train in. Its policy has to allow worker-src blob: or 'self'.",
  lost: (step: string) =>
    `The worker that trains has stopped answering: the browser may have ended it. The page has its state of step ${step}.`,
  closed: "This session was closed.",
  notOpen: "Nothing is being trained yet.",
});
