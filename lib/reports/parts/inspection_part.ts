import type { Lookalikes } from "../../runs/find_lookalikes.ts";
import { countOf } from "../../count_of.ts";
import type { ImageInspection, ImageSize } from "../../runs/inspect_images.ts";
import { countCell, fact, textCell } from "../cells.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { Fact, ReportBlock, ReportPart } from "../report_document.ts";

/** Classes that are listed one by one; of more, the fewest and the most images are said. */
const MAX_CLASSES = 30;

const PARTS = ["train", "validation", "test"] as const;

function sizesText(sizes: NonNullable<ImageInspection["sizes"]>): string {
  const write = ([height, width]: ImageSize) => `${width} x ${height}`;
  const [smallest, largest] = [write(sizes.smallest), write(sizes.largest)];
  if (smallest === largest) return `${smallest} pixels`;
  return `${smallest} to ${largest} pixels, median ${write(sizes.median)}`;
}

/** The end of a path, which tells part, class and file. */
function endOf(path: string): string {
  return path.split(/[/\\]/).slice(-3).join("/");
}

/** `folder without images` for `folders without images`; an ending stays as it is. */
function singularOf(kind: string): string {
  return kind.replace(/\b(file|folder|image|link)s\b/, "$1");
}

/** What is passed over, with an example. */
function passedOver({ passedOver }: ImageInspection): Fact[] {
  return passedOver.map(({ what, count, example, arePictures }) => {
    const advice = arePictures ? ", a format that is not read: convert to PNG, JPEG or WebP" : "";
    const more = count > 1 ? ", ..." : "";
    return fact(
      "passed over",
      textCell(`${countOf(count, singularOf(what), what)}${advice}`),
      `${endOf(example)}${more}`,
    );
  });
}

/** Pairs, with one of them and what they mean. */
function pairsFact(
  name: string,
  { pairs, examples }: Lookalikes,
  { meaning, isComplete }: { readonly meaning: string; readonly isComplete: boolean },
): Fact {
  const [one, other] = (examples[0] ?? []).map(endOf);
  const notes = [
    ...one === undefined ? [] : [`${one} and ${other}${pairs > 1 ? ", ..." : ""}`],
    ...pairs === 0 ? [] : [meaning],
    ...isComplete ? [] : ["there are too many images to compare all of them"],
  ];
  return fact(name, countCell(pairs), notes.join("; "));
}

/** Pairs of different classes come first: in whatever parts they lie, a label is wrong. */
function lookalikes(
  { lookalikes: { acrossParts, acrossClasses, isComplete } }: ImageInspection,
): Fact[] {
  return [
    ...acrossClasses.pairs === 0 ? [] : [
      pairsFact("pairs of nearly equal images with different classes", acrossClasses, {
        meaning: "if they show the same, one of the two classes is wrong",
        isComplete,
      }),
    ],
    ...acrossParts.pairs === 0 && isComplete ? [] : [
      pairsFact("pairs of nearly equal images in different parts", acrossParts, {
        meaning: "results look better than they are",
        isComplete,
      }),
    ],
  ];
}

/** A name as it is compared: case, accents' composition, spaces and the signs that stand for them make no difference. */
function comparedName(name: string): string {
  return name.normalize("NFKC").toLowerCase().replace(/[\s_-]+/g, " ").trim();
}

/** Classes that may be one: their names differ in case, spaces or signs only. */
function nearlyEqualNames({ classNames }: ImageInspection): Fact[] {
  const groups = [...Map.groupBy(classNames, comparedName).values()]
    .filter(({ length }) => length > 1);
  const [first] = groups;
  if (first === undefined) return [];
  const names = first.map((name) => JSON.stringify(name)).join(" and ");
  const more = groups.length > 1 ? ", ..." : "";
  return [
    fact(
      "classes of nearly equal names",
      countCell(groups.flat().length),
      `${names}${more}; merge them if they are one class`,
    ),
  ];
}

function shownParts({ perClass }: ImageInspection) {
  return PARTS.filter((part) => perClass[part].some((count) => count > 0));
}

/** Names that are listed of classes without images. */
const MAX_NAMES = 3;

/** What a class without images means in a part. */
const EMPTY_NOTES = {
  train: "the model cannot learn them",
  validation: "no choice is made by them",
  test: "the accuracy is not theirs",
} as const;

/** Classes that a part lacks: a share of few images can leave them out, and so can the first files of a folder. */
function emptyClasses(inspection: ImageInspection): Fact[] {
  return shownParts(inspection).flatMap((part) => {
    const names = inspection.classNames.filter((_, label) => !inspection.perClass[part][label]);
    if (names.length === 0) return [];
    const more = names.length > MAX_NAMES ? ", ..." : "";
    const note = `${names.slice(0, MAX_NAMES).join(", ")}${more}; ${EMPTY_NOTES[part]}`;
    return [fact(`classes without ${part} images`, countCell(names.length), note)];
  });
}

function rangesOf(inspection: ImageInspection): Fact[] {
  if (inspection.classNames.length <= MAX_CLASSES) return [];
  return shownParts(inspection).map((part) => {
    const counts = inspection.perClass[part];
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    return fact(
      `${part} images per class`,
      textCell(`${countCell(least).text} to ${countCell(most).text}`),
    );
  });
}

function classTable(inspection: ImageInspection): ReportBlock[] {
  const { classNames, perClass } = inspection;
  if (classNames.length > MAX_CLASSES) return [];
  return [tableOf("Images by class", classNames, [
    words("class", (name) => textCell(name)),
    ...shownParts(inspection).map((part) =>
      numbers<string>(part, (_, label) => countCell(perClass[part][label] ?? null))
    ),
  ])];
}

/**
 * What was found out about the images of a training.
 *
 * @param inspection What was found out.
 * @returns Images of every class and part, sizes, what was left out.
 */
export function inspectionBlocks(inspection: ImageInspection): ReportBlock[] {
  const { arrangement, sizes } = inspection;
  const facts = [
    ...arrangement === null ? [] : [fact("arranged as", textCell(arrangement))],
    ...rangesOf(inspection),
    ...emptyClasses(inspection),
    ...nearlyEqualNames(inspection),
    ...sizes === null ? [] : [fact("sizes", textCell(sizesText(sizes)))],
    ...passedOver(inspection),
    ...lookalikes(inspection),
  ];
  return [
    ...classTable(inspection),
    ...facts.length === 0 ? [] : [{ kind: "facts" as const, facts }],
  ];
}

/**
 * The same by itself.
 *
 * @param inspection What was found out.
 * @returns A part without headings.
 */
export function inspectionPart(inspection: ImageInspection): ReportPart {
  return {
    title: "",
    subtitle: "",
    sections: [{ title: "Images", blocks: inspectionBlocks(inspection) }],
  };
}
