import { encode } from "fast-png";
import { element, escapeMarkup } from "../markup.ts";
import type { ConfusionBlock } from "../report_document.ts";
import { tableCaption } from "./table_caption.ts";
import { countOf } from "../../count_of.ts";

/** With more classes the numbers of a table would be too small to read: the picture shows where to look. */
const NUMBERED_CLASSES = 20;

/** The colour of the picture; the ground shines through, light or dark. */
const HEAT = [31, 122, 192] as const;

/** Shares of a row's images. */
function sharesOf(row: readonly number[]): number[] {
  const images = row.reduce((sum, value) => sum + value, 0);
  return row.map((count) => images === 0 ? 0 : count / images);
}

function drawTable({ classNames, counts }: ConfusionBlock): string {
  const heads = classNames.map((name) => element("th", { scope: "col" }, escapeMarkup(name)));
  const corner = element("td", {}, "");
  const rows = counts.map((row, label) => {
    const shares = sharesOf(row);
    const cells = row.map((count, predicted) => {
      const style = count === 0 ? undefined : `--v:${Number(shares[predicted]!.toFixed(3))}`;
      return element("td", { style, class: count === 0 ? "zero" : undefined }, String(count));
    });
    const head = element("th", { scope: "row" }, escapeMarkup(classNames[label] ?? String(label)));
    return element("tr", {}, [head, ...cells]);
  });
  const { visible, own } = tableCaption("Confusion matrix");
  const table = element("table", { class: "matrix" }, [
    own,
    element("thead", {}, element("tr", {}, [corner, ...heads])),
    element("tbody", {}, rows),
  ]);
  const box = { class: "scroll", tabindex: 0, role: "group", "aria-label": "Confusion matrix" };
  const note =
    "Rows are true classes, columns predicted ones, numbers are images; the colour is the share of the row.";
  return visible + element("div", box, table) + element("p", { class: "note" }, note);
}

/** One pixel per pair of classes. */
function drawPicture(counts: readonly (readonly number[])[]): string {
  const side = counts.length;
  const data = new Uint8Array(side * side * 4);
  for (const [label, row] of counts.entries()) {
    for (const [predicted, share] of sharesOf(row).entries()) {
      // By the root of the share: a hundredth of a class must still be seen.
      const opacity = Math.round(255 * Math.sqrt(share));
      data.set([...HEAT, opacity], (label * side + predicted) * 4);
    }
  }
  const bytes = encode({ width: side, height: side, data, channels: 4, depth: 8 });
  return `data:image/png;base64,${bytes.toBase64()}`;
}

/** Labels at every tenth class, or less often where there are very many. */
function labelTicks(classes: number): number[] {
  const stride = Math.max(10, Math.ceil(classes / 100) * 10);
  return Array.from({ length: Math.ceil(classes / stride) }, (_, index) => index * stride);
}

/** The picture with the numbers of the classes at its left and top. */
function drawHeatMap(counts: readonly (readonly number[])[], alternative: string): string {
  const [edge, size] = [44, 600];
  const pixel = size / counts.length;
  const ticks = labelTicks(counts.length).flatMap((label) => {
    const at = edge + (label + 0.5) * pixel;
    return [
      element("text", { x: edge - 6, y: at + 5, "text-anchor": "end" }, String(label)),
      element("text", { x: at, y: edge - 8, "text-anchor": "middle" }, String(label)),
    ];
  });
  const image = { href: drawPicture(counts), x: edge, y: edge, width: size, height: size };
  const frame = { x: edge, y: edge, width: size, height: size, fill: "none" };
  return element("svg", { viewBox: `0 0 ${edge + size + 2} ${edge + size + 2}`, role: "img" }, [
    element("title", {}, alternative),
    element("image", { ...image, style: "image-rendering:pixelated" }),
    element("rect", { ...frame, stroke: "currentColor", "stroke-opacity": 0.3 }),
    element("g", { fill: "currentColor", "fill-opacity": 0.75, "font-size": 15 }, ticks),
  ]);
}

function drawHeat({ counts, classNames }: ConfusionBlock): string {
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const share = all === 0
    ? "no images"
    : `${(right / all * 100).toFixed(2)} % of the images on the diagonal`;
  const alternative =
    `Confusion matrix of ${countOf(classNames.length, "class", "classes")}, ${share}. The most ` +
    "frequent confusions are in the table that follows.";
  const note = "True classes downwards, predicted ones to the right, by label: the table of " +
    "classes names them. The colour is the root of the share of the true class, so that rare " +
    "confusions can be seen. All counts: report --format csv.";
  return element("figure", { class: "heat" }, [
    element("figcaption", {}, element("strong", {}, "Confusion matrix")),
    drawHeatMap(counts, alternative),
    element("p", { class: "note" }, note),
  ]);
}

/**
 * Shows which classes are taken for which: as a table of numbers, or as a picture where there are too many classes.
 *
 * @param block Counts and names.
 * @returns HTML.
 */
export function confusionHtml(block: ConfusionBlock): string {
  return block.classNames.length <= NUMBERED_CLASSES ? drawTable(block) : drawHeat(block);
}
