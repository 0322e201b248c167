import { boundChart, boundRows } from "../bounds.ts";
import { drawChart } from "../charts/draw_chart.ts";
import { element, escapeMarkup } from "../markup.ts";
import { nameRows } from "../name_rows.ts";
import type {
  Cell,
  ChartBlock,
  CodeBlock,
  Fact,
  ImagesBlock,
  ReportBlock,
  TableBlock,
  TextBlock,
} from "../report_document.ts";
import { confusionHtml } from "./html_confusion.ts";
import { tableCaption } from "./table_caption.ts";

/** Longer tables and texts scroll in a box of their own. */
const TALL_ROWS = 24;

const CHART_WIDTH = 400;
const WIDE_WIDTH = 1120;

/** The value itself stays in the page beside its rounded form, for those who copy or check it. */
function cellHtml({ value, text }: Cell): string {
  const shown = escapeMarkup(text);
  if (typeof value !== "number" || !Number.isFinite(value)) return shown;
  return element("data", { value: String(value) }, shown);
}

function factHtml({ name, cell, note }: Fact): string {
  const extra = note === undefined
    ? ""
    : element("span", { class: "fact-note" }, escapeMarkup(note));
  return element("div", {}, [
    element("dt", {}, escapeMarkup(name)),
    element("dd", {}, cellHtml(cell) + extra),
  ]);
}

function scrollBox(content: string, options: { readonly label: string; readonly tall: boolean }) {
  return element("div", {
    class: options.tall ? "scroll tall" : "scroll",
    tabindex: 0,
    role: "group",
    "aria-label": options.label,
  }, content);
}

/**
 * The head of a row, over all rows that go on with it: an empty head would say nothing to those who listen. `null` within
 * such a group; a gap begins it anew.
 */
function rowHeads(rows: readonly (readonly Cell[])[], names: readonly Cell[], gap: number | null) {
  const isFirst = (at: number) => at === 0 || at === gap || rows[at]![0]!.text !== "";
  return rows.map((_, at) => {
    if (!isFirst(at)) return null;
    let end = at + 1;
    while (end < rows.length && !isFirst(end)) end++;
    return { cell: names[at]!, rowspan: end - at > 1 ? end - at : undefined };
  });
}

function tableHtml({ caption, columns, rows: all, note: said }: TableBlock): string {
  const { rows, gap, note: left } = boundRows(all);
  const note = [said, left].filter((text) => text !== undefined && text !== null).join(" ");
  const side = (index: number) => columns[index]?.align === "right" ? "n" : undefined;
  const titles = columns.map(({ header }, index) =>
    element("th", { scope: "col", class: side(index) }, escapeMarkup(header))
  );
  const heads = rowHeads(rows, boundRows(nameRows(all)).rows, gap);
  const body = rows.map(([, ...cells], at) => {
    const head = heads[at];
    const own = head === null || head === undefined ? "" : element(
      head.cell.text === "" ? "td" : "th",
      {
        scope: head.cell.text === "" ? undefined : "row",
        class: side(0),
        rowspan: head.rowspan,
      },
      cellHtml(head.cell),
    );
    const others = cells.map((cell, index) =>
      element("td", { class: side(index + 1) }, cellHtml(cell))
    );
    return element("tr", { class: at === gap ? "gap" : undefined }, [own, ...others]);
  });
  const { visible, own } = tableCaption(caption);
  const table = element("table", {}, [
    own,
    element("thead", {}, element("tr", {}, titles)),
    element("tbody", {}, body),
  ]);
  const box = scrollBox(table, { label: caption, tall: rows.length > TALL_ROWS });
  return visible + box +
    (note === "" ? "" : element("p", { class: "note" }, escapeMarkup(note)));
}

/** A legend of many series needs height of its own. */
function chartHeight(block: ChartBlock): number {
  const extra = Math.max(0, block.chart.series.length - 3) * 9;
  return (block.wide ? 400 : 280) + extra;
}

function chartHtml(block: ChartBlock): string {
  const { wide = false } = block;
  const { chart, notes } = boundChart(block.chart);
  const width = wide ? WIDE_WIDTH : CHART_WIDTH;
  const height = chartHeight({ ...block, chart });
  const drawing = drawChart(chart, { width, height, standalone: false });
  const caption = element("figcaption", {}, element("strong", {}, escapeMarkup(chart.title)));
  // Below the drawing, so that drawings side by side begin at one height.
  const note = element(
    "p",
    { class: "note" },
    escapeMarkup([chart.description, ...notes].join(" ")),
  );
  if (!wide) return element("figure", {}, caption + drawing + note);
  const box = { class: "wide", tabindex: 0, role: "group", "aria-label": chart.title };
  return element("figure", {}, caption + element("div", box, drawing) + note);
}

/** Documents come from files: only a picture that brings its own bytes may enter the page. */
function isOwnPicture(source: string): boolean {
  return /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/.test(source);
}

function imagesHtml({ caption, images, pixelated, large, note }: ImagesBlock): string {
  const items = images.map(({ source, caption, alternative }) => {
    const picture = isOwnPicture(source)
      ? element("img", { src: source, alt: alternative })
      : escapeMarkup(alternative);
    return element("li", {}, picture + element("span", {}, escapeMarkup(caption)));
  });
  const list = element("ul", {
    class: ["images", ...pixelated ? ["pixelated"] : [], ...large ? ["large"] : []].join(" "),
  }, items);
  const text = note === undefined ? "" : element("p", {}, escapeMarkup(note));
  const head = element("strong", {}, escapeMarkup(caption)) + text;
  return element("figure", {}, element("figcaption", {}, head) + list);
}

function codeHtml({ caption, text }: CodeBlock): string {
  const tall = text.split("\n").length > TALL_ROWS ? "tall" : undefined;
  const box = { tabindex: 0, role: "group", "aria-label": caption, class: tall };
  const code = element(
    "pre",
    box,
    element("code", {}, text.split("\n").map(escapeMarkup).join("\n")),
  );
  const head = element("figcaption", {}, element("strong", {}, escapeMarkup(caption)));
  return element("figure", {}, head + code);
}

function textHtml({ paragraphs, small = false }: TextBlock): string {
  const attributes = small ? { class: "note" } : {};
  const texts = paragraphs.map((text) => element("p", attributes, escapeMarkup(text)));
  return small ? element("div", { class: "notes" }, texts) : texts.join("");
}

function blockHtml(block: ReportBlock): string {
  switch (block.kind) {
    case "key-figures":
      return element("dl", { class: "key" }, block.facts.map(factHtml));
    case "facts":
      return element("dl", { class: "facts" }, block.facts.map(factHtml));
    case "table":
      return tableHtml(block);
    case "chart":
      return chartHtml(block);
    case "confusion":
      return confusionHtml(block);
    case "images":
      return imagesHtml(block);
    case "text":
      return textHtml(block);
    case "missing":
      return element("p", { class: "missing" }, escapeMarkup(block.text));
    case "code":
      return codeHtml(block);
  }
}

function isSmallChart(block: ReportBlock): boolean {
  return block.kind === "chart" && block.wide !== true;
}

/**
 * Writes the blocks of a section; charts that follow each other stand side by side.
 *
 * @param blocks The blocks.
 * @returns HTML.
 */
export function blocksHtml(blocks: readonly ReportBlock[]): string {
  const parts: string[] = [];
  let charts: string[] = [];
  for (const [index, block] of blocks.entries()) {
    if (!isSmallChart(block)) {
      parts.push(blockHtml(block));
      continue;
    }
    charts.push(blockHtml(block));
    const next = blocks[index + 1];
    if (next !== undefined && isSmallChart(next)) continue;
    // Three and one would leave a hole.
    parts.push(element("div", { class: charts.length === 4 ? "grid four" : "grid" }, charts));
    charts = [];
  }
  return parts.join("\n");
}
