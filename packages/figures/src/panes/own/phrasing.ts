/**
 * The library's sentences in the words of the page. They name the options of a program, missing: "mean"; the page has
 * controls with names of their own, and some options it has not.
 */
import { InklingError } from "inkling";
import { words } from "./words.ts";

/** What went wrong, in one sentence and an advice that can be followed here. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof InklingError)) return error instanceof Error ? error.message : String(error);
  const { where, expected, got, advice } = error;
  const { label, ignore, ofWords } = words();
  const controls: Readonly<Record<string, string>> = { label, labels: label, ignore, words: ofWords };
  const control = (option: string) => words().control(controls[option] ?? option);
  const wanted = expected.replace(/^(label|ignore|words) to be /, (_, option: string) => `${control(option)} to be `);
  const place = where === "label" || where === "labels" ? control(where) : where;
  const said = advices().reduce((text, [pattern, own]) => text.replace(pattern, () => own), advice);
  return `${place}: expected ${wanted}, got ${got || '""'}.${said && ` ${said}`}`;
}

/** Advices that name options, each with what the page says in its place. */
function advices(): readonly (readonly [RegExp, string])[] {
  const { missing, ignore, ofWords, task, size } = words();
  const { emptyAdvice, dropAdvice, wordsAdvice, ignoreAdvice, classesAdvice, sizeAdvice } = words();
  return [
    [/Fill it in; or say missing: "mean".*$/, emptyAdvice(missing)],
    [/missing: "drop" leaves such rows out\./, dropAdvice(missing)],
    [/If all its cells are words, name the column in the option words\./, wordsAdvice(ofWords)],
    [/[Tt]he option ignore leaves the column out\./, ignoreAdvice(ignore)],
    [/To predict classes say task: "classes"\./, classesAdvice(task)],
    [/Say in which size they are to be learnt: --size.*$/, sizeAdvice(size)],
    [/Name a file of answers, or the column of a table by its index\./, words().answersAdvice],
    [/It is one file of an IDX data set: name their directory\./, words().idxAdvice],
  ];
}

/** What is to be said of data that were read, without an option of the command line. */
export function noteIn(note: string | undefined): string {
  return note?.replace(/: --validation N holds some of train out\./, ".") ?? "";
}
