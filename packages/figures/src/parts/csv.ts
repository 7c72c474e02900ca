/** Numbers as comma-separated values. */

export interface Column {
  readonly name: string;
  /** Numbers, or the names of what the numbers beside them belong to. */
  readonly values: ArrayLike<number> | readonly string[];
}

/** A first row of names, then the numbers in full. A name with a comma or a quote is quoted. */
export function csvOf(columns: readonly Column[]): string {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const cell = (value: number | string | undefined) => (typeof value === "string" ? quoted(value) : (value ?? ""));
  const rows = Math.max(0, ...columns.map(({ values }) => values.length));
  const lines = Array.from({ length: rows }, (_, i) => [i, ...columns.map(({ values }) => cell(values[i]))].join(","));
  return `${[["number", ...columns.map(({ name }) => quoted(name))].join(","), ...lines].join("\n")}\n`;
}
