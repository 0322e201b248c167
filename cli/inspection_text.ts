import type { ImageInspection, ImageSize } from "../lib/runs/inspect_images.ts";
import { formatCount } from "./number_text.ts";
import { renderTable } from "./text_table.ts";

/** Classes that are listed one by one; of more, the fewest and the most images are said. */
const MAX_CLASSES = 30;

const PARTS = ["train", "validation", "test"] as const;

function formatSize([height, width]: ImageSize): string {
  return `${width} x ${height}`;
}

function formatSizes(sizes: NonNullable<ImageInspection["sizes"]>): string {
  const [smallest, median, largest] = [sizes.smallest, sizes.median, sizes.largest].map(formatSize);
  if (smallest === largest) return `sizes: ${smallest} pixels`;
  return `sizes: ${smallest} to ${largest} pixels, median ${median}`;
}

/** The end of a path, which tells part, class and file. */
function shorten(path: string): string {
  return path.split(/[/\\]/).slice(-3).join("/");
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function formatClasses({ classNames, perClass }: ImageInspection): string {
  const parts = PARTS.filter((part) => sum(perClass[part]) > 0);
  if (classNames.length > MAX_CLASSES) {
    const ranges = parts.map((part) =>
      `${formatCount(Math.min(...perClass[part]))} to ${
        formatCount(Math.max(...perClass[part]))
      } ${part}`
    );
    return `images per class: ${ranges.join(", ")}`;
  }
  return renderTable(
    [{ header: "class" }, ...parts.map((part) => ({ header: part, align: "right" as const }))],
    classNames.map((name, label) => [
      name,
      ...parts.map((part) => formatCount(perClass[part][label]!)),
    ]),
  );
}

function formatPassedOver({ passedOver }: ImageInspection): string[] {
  return passedOver.map(({ what, count, example, arePictures }) =>
    `passed over: ${formatCount(count)} ${what}${
      arePictures ? ", a format that is not read: convert to PNG, JPEG or WebP" : ""
    } (${shorten(example)}${count > 1 ? ", ..." : ""})`
  );
}

function formatLookalikes({ lookalikes: { pairs, examples } }: ImageInspection): string[] {
  if (pairs === 0) return [];
  const [one, other] = examples[0]!;
  return [
    `nearly equal images in different parts: ${formatCount(pairs)} pairs (${shorten(one)} and ${
      shorten(other)
    }${pairs > 1 ? ", ..." : ""}); results look better than they are`,
  ];
}

/**
 * Writes what was found out about images, for people.
 *
 * @param inspection What was found out.
 * @returns Lines without a trailing line end: images of every class and part, sizes, what was left out.
 */
export function formatInspection(inspection: ImageInspection): string {
  const { arrangement, sizes } = inspection;
  return [
    ...arrangement === null ? [] : [`arranged as: ${arrangement}`],
    formatClasses(inspection),
    ...sizes === null ? [] : [formatSizes(sizes)],
    ...formatPassedOver(inspection),
    ...formatLookalikes(inspection),
  ].join("\n");
}
