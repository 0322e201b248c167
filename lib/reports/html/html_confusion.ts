import { encode } from "fast-png";
import { element, escapeMarkup } from "../markup.ts";
import type { ConfusionBlock } from "../report_document.ts";

/** With more classes the numbers of a table would be too small to read: the picture shows where to look. */
const NUMBERED_CLASSES = 20;

/** The colour of the picture; the ground shines through, light or dark. */
const HEAT = [31, 122, 192] as const;

function shareOf(row: readonly number[], count: number): number {
  const images = row.reduce((sum, value) => sum + value, 0);
  return images === 0 ? 0 : count / images;
}

function drawTable({ classNames, counts }: ConfusionBlock): string {
  const heads = classNames.map((name) => element("th", { scope: "col" }, escapeMarkup(name)));
  const corner = element("td", {}, "");
  const rows = counts.map((row, label) => {
    const cells = row.map((count) => {
      const share = shareOf(row, count);
      const style = count === 0 ? undefined : `--v:${Number(share.toFixed(3))}`;
      return element("td", { style, class: count === 0 ? "zero" : undefined }, String(count));
    });
    const head = element("th", { scope: "row" }, escapeMarkup(classNames[label] ?? String(label)));
    return element("tr", {}, [head, ...cells]);
  });
  const caption = element("caption", {}, "Confusion matrix") + element(
    "thead",
    {},
    element("tr", {}, [corner, ...heads]),
  );
  const table = element("table", { class: "matrix" }, [caption, element("tbody", {}, rows)]);
  const box = { class: "scroll", tabindex: 0, role: "region", "aria-label": "Confusion matrix" };
  const note =
    "Rows are true classes, columns predicted ones, numbers are images; the colour is the share of the row.";
  return element("div", box, table) + element("p", { class: "note" }, note);
}

/** One pixel per pair of classes. */
function drawPicture(counts: readonly (readonly number[])[]): string {
  const side = counts.length;
  const data = new Uint8Array(side * side * 4);
  for (const [label, row] of counts.entries()) {
    for (const [predicted, count] of row.entries()) {
      // By the root of the share: a hundredth of a class must still be seen.
      const opacity = Math.round(255 * Math.sqrt(shareOf(row, count)));
      data.set([...HEAT, opacity], (label * side + predicted) * 4);
    }
  }
  const bytes = encode({ width: side, height: side, data, channels: 4, depth: 8 });
  return `data:image/png;base64,${bytes.toBase64()}`;
}

function drawHeat({ counts, classNames }: ConfusionBlock): string {
  const all = counts.flat().reduce((sum, count) => sum + count, 0);
  const right = counts.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const share = all === 0
    ? "no images"
    : `${(right / all * 100).toFixed(2)} % of the images on the diagonal`;
  const alternative =
    `Confusion matrix of ${classNames.length} classes, ${share}. The most frequent confusions are ` +
    "in the table that follows.";
  const image = element("img", { src: drawPicture(counts), alt: alternative });
  const caption = element("figcaption", {}, [
    element("strong", {}, "Confusion matrix"),
    element(
      "p",
      {},
      `True class downwards, predicted class to the right, in the order of the labels ` +
        `(0 to ${
          classNames.length - 1
        }, named in the table of classes); the colour is the root of the share of the ` +
        `true class. All counts: --format csv.`,
    ),
  ]);
  return element("figure", {}, caption + element("div", { class: "heat" }, image));
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
