/** What VitePress calls its markdown parser. */
import type { MarkdownOptions } from "vitepress";

export type Markdown = Parameters<NonNullable<MarkdownOptions["config"]>>[0];
