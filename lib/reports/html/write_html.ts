import { element, escapeMarkup } from "../markup.ts";
import type { ReportDocument, ReportPart, ReportSection } from "../report_document.ts";
import { blocksHtml } from "./html_blocks.ts";
import { PAGE_STYLE } from "./page_style.ts";

/** No script runs and nothing is fetched, even if a name from a file should find a way around the escaping. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

function headHtml(title: string): string {
  return element("head", {}, [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="generator" content="puppet-cnn">',
    element("title", {}, escapeMarkup(title)),
    element("style", {}, PAGE_STYLE),
  ]);
}

function sectionHtml(
  section: ReportSection,
  options: { readonly id: string; readonly heading: "h2" | "h3" },
): string {
  const { id, heading } = options;
  const head = element(heading, { id }, escapeMarkup(section.title));
  // Without a name of its own: a page of several runs would have as many places called "Result".
  return element("section", {}, `${head}\n${blocksHtml(section.blocks)}`);
}

function navigation(entries: readonly (readonly [id: string, title: string])[]): string {
  const items = entries.map(([id, title]) =>
    element("li", {}, element("a", { href: `#${id}` }, escapeMarkup(title)))
  );
  return element("nav", { "aria-label": "Contents" }, element("ul", {}, items));
}

function partHtml(part: ReportPart, index: number): string {
  const id = `part-${index + 1}`;
  const sections = part.sections.map((section, at) =>
    sectionHtml(section, { id: `${id}-${at + 1}`, heading: "h3" })
  );
  return element("section", { class: "part" }, [
    element("h2", { id }, escapeMarkup(part.title)),
    element("p", { class: "subtitle" }, escapeMarkup(part.subtitle)),
    ...sections,
  ]);
}

/** A report of one run needs no level of headings for it. */
function singleHtml(part: ReportPart): { readonly header: string; readonly main: string } {
  const ids = part.sections.map((_, index) => `section-${index + 1}`);
  return {
    header: element("h1", {}, escapeMarkup(part.title)) +
      element("p", { class: "subtitle" }, escapeMarkup(part.subtitle)) +
      navigation(part.sections.map(({ title }, index) => [ids[index]!, title] as const)),
    main: part.sections.map((section, index) =>
      sectionHtml(section, { id: ids[index]!, heading: "h2" })
    ).join("\n"),
  };
}

function severalHtml(document: ReportDocument) {
  const entries = document.parts.map(({ title }, index) => [`part-${index + 1}`, title] as const);
  return {
    header: element("h1", {}, escapeMarkup(document.title)) + navigation(entries),
    main: document.parts.map(partHtml).join("\n"),
  };
}

/**
 * Writes a report as one HTML file: no script, nothing fetched, readable on a phone, in the dark and on paper.
 *
 * @param document The report.
 * @param options `footer`: a line at the end.
 * @returns The page.
 */
export function writeHtml(
  document: ReportDocument,
  options: { readonly footer: string },
): string {
  const only = document.parts.length === 1 ? document.parts[0] : undefined;
  const { header, main } = only === undefined ? severalHtml(document) : singleHtml(only);
  const body = element("body", {}, [
    `${element("header", {}, header)}\n`,
    `${element("main", {}, main)}\n`,
    `${element("footer", {}, element("p", {}, escapeMarkup(options.footer)))}\n`,
  ]);
  const title = only?.title ?? document.title;
  return `<!doctype html>\n${element("html", { lang: "en" }, `${headHtml(title)}\n${body}`)}\n`;
}
