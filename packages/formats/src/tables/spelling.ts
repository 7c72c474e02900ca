/** Options in the sentences of errors: as a program writes them, or as a command does. */
import { InklingError } from "inkling";

/** The same error with the options of its advice as they are spelled: `missing: "mean"` as --missing mean. */
export function respelled(error: unknown, spelled: ((option: string) => string) | undefined): unknown {
  if (!(error instanceof InklingError) || spelled === undefined) return error;
  const { where, expected, got, advice } = error;
  const said = advice
    .replace(/\b(missing|unknown): "(\w+)"/g, (_, option: string, value: string) => `${spelled(option)} ${value}`)
    .replace(/\bthe option (ignore|words)\b/gi, (text, option: string) => text.replace(option, spelled(option)));
  if (said === advice) return error;
  const Kind = error.constructor as new (...parts: string[]) => InklingError;
  return new Kind(where, expected, got, said);
}
