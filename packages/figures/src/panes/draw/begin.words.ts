/** What the first figure says. */
import { messages } from "../../words/messages.ts";

export const words = messages("begin", {
  draw: "Draw a digit, from 0 to 9",
  answers: "How sure the network is of each digit",
  before: "Draw a digit. A network of 30 hidden neurons reads along.",
  says: (digit: string, sure: string) => `I read a ${digit}, and am ${sure} sure.`,
});
