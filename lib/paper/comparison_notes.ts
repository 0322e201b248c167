import { basename, resolve } from "node:path";
import { groupByTestImages } from "./tested_images.ts";
import { standardError } from "../evaluation/standard_error.ts";
import type { ComparedRun, Comparison, ComparisonRow } from "./comparison.ts";

/** What the notes go by beside the rows. */
interface NotesFrom extends Pick<Comparison, "conditions" | "mode" | "columns"> {
  /** Whether speed was asked for. */
  readonly measureSpeed: boolean;
}

/** Rows whose counted figure rounds to the paper's print, and those that do not. */
function metNote(
  rows: readonly ComparisonRow[],
  what: string,
  pick: (row: ComparisonRow) => readonly [ours: number | null, paper: number | null | undefined],
): string[] {
  const pairs = rows.flatMap((row) => {
    const [ours, paper] = pick(row);
    if (ours === null || typeof paper !== "number") return [];
    const name = [row.name, row.variant].filter((word) => word !== null).join(", ");
    return [{ name, ours: ours.toFixed(2), paper: paper.toFixed(2) }];
  });
  if (pairs.length === 0) return [];
  const others = pairs.filter(({ ours, paper }) => ours !== paper);
  const text = others.map(({ name, ours, paper }) => `${name} ${ours} against ${paper}`).join("; ");
  return [
    `${what}: ${
      pairs.length - others.length
    } of ${pairs.length} of the paper's figures are matched to the last digit` +
    `${others.length === 0 ? "" : `; ${text}`}.`,
  ];
}

/** How many of the paper's counted prints our configurations meet. */
function metNotes(rows: readonly ComparisonRow[]): string[] {
  return [
    ...metNote(rows, "Params, MB", ({ counted, paper }) => [
      counted.paperColumnMegabytes,
      paper?.megabytes,
    ]),
    ...metNote(rows, "Multiply-adds by the paper's tool, G", ({ counted, paper }) => [
      counted.multiplyAddsOfTool === null ? null : counted.multiplyAddsOfTool / 1e9,
      paper?.gigaMultiplyAdds,
    ]),
  ];
}

/** What a note is about, if it is not about all. */
function ofRuns(runs: readonly string[], all: number): string {
  return runs.length === all ? "" : ` of ${runs.map((run) => basename(resolve(run))).join(", ")}`;
}

/** Kept figures that were not made where the comparison is, with which backend; and those without the speed asked for. */
function keptNotes(
  rows: readonly ComparisonRow[],
  { conditions: { backend, machine }, measureSpeed }: NotesFrom,
): string[] {
  const all = rows.flatMap(({ runs }) => runs).filter(({ figures }) => figures !== null);
  const recorded = all.filter(({ state }) => state === "recorded");
  const measured = all.flatMap(({ figures, runDirectory, state }) => {
    if (figures === null || state === "recorded") return [];
    const { measuredOn, speed } = figures;
    const isHere = measuredOn.backend === backend &&
      (speed === null || measuredOn.machine === machine);
    const parts = [measuredOn.backend ?? "a backend that is not known", measuredOn.machine];
    const place = parts.filter((part) => part !== null).join(", ");
    return [{ runDirectory, place: isHere ? null : place, hasSpeed: speed !== null }];
  });
  const elsewhere = measured.filter(({ place }) => place !== null);
  const slow = measured.filter(({ hasSpeed }) => measureSpeed && !hasSpeed);
  const whose = (runs: readonly Pick<ComparedRun, "runDirectory">[]) =>
    ofRuns(runs.map(({ runDirectory }) => runDirectory), all.length);
  return [
    ...(recorded.length === 0 ? [] : [
      `Test figures${whose(recorded)}: as recorded in the run folder; the weights were not kept.`,
    ]),
    ...[...Map.groupBy(elsewhere, ({ place }) => place)].map(([place, runs]) =>
      `Test figures${
        whose(runs)
      }: kept from before, when they were measured with ${place}; "eval" measures a run again.`
    ),
    ...(slow.length === 0 ? [] : [
      `Speed${
        whose(slow)
      }: not measured when the test figures were, which were kept; "eval RUN --speed" measures it.`,
    ]),
  ];
}

/** Accuracies on other images are no better and no worse. */
function otherImagesNote(rows: readonly ComparisonRow[]): string[] {
  const tested = rows.flatMap(({ runs }) => runs).filter(({ figures }) => figures !== null);
  const groups = groupByTestImages(tested);
  if (groups.length < 2) return [];
  const described = groups.map((runs) => {
    const { dataset, figures } = runs[0]!;
    const folders = runs.map(({ runDirectory }) => runDirectory).join(", ");
    return `${figures!.testImages.toLocaleString("en")} of ${dataset} (${folders})`;
  });
  return [
    `TESTED ON DIFFERENT IMAGES: ${
      described.join("; ")
    }. Accuracies compare only where the images are the same.`,
  ];
}

/** How accuracy was measured, and how much of it is chance. */
function accuracyNotes(rows: readonly ComparisonRow[]): string[] {
  const figures = rows.flatMap(({ runs }) => runs.flatMap((run) => run.figures ?? []));
  if (figures.length === 0) return [];
  const errors = figures.map(({ top1, testImages }) => standardError(top1, testImages) ?? 0);
  const error = 100 * Math.max(...errors);
  return [
    "Accuracy: test images, evaluated once per run with the checkpoint of the best validation accuracy; mean +- " +
    "sample standard deviation over n seeds." +
    // All right or all wrong: the formula says nothing.
    (error === 0
      ? ""
      : " The choice of test images alone gives the Top-1 of one run a standard error of up to " +
        `${error.toFixed(1)} points; seeds add to it.`),
  ];
}

/** How generated kernels are counted. */
function puppetNotes({ isTimed, mode }: Pick<NotesFrom, "mode"> & { isTimed: boolean }): string[] {
  return [
    ...(isTimed
      ? [
        "Kernels are generated once per complexity level and kept (banked); beside it each image is charged with a " +
        "generation of its own (per image), as the paper counts.",
      ]
      : []),
    // Of runs of one's own all that is stored is shown.
    ...(mode === "runs" ? [] : [
      "Params: the paper counts the puppeteer alone; stored is everything that a checkpoint needs (norms, head and stem " +
      "too).",
    ]),
    "Multiply-adds by the paper's tool: one generation of a puppet, against a whole batch of a fixed network.",
  ];
}

/** How speed was measured. */
function speedNote(hasPaper: boolean): string {
  const paper = hasPaper ? "; the paper's is from an RTX 4090, its batch size is not said" : "";
  return "Speed: median seconds per image of complexity measurement, routing, standardisation, forward pass and " +
    `read-back, images in memory, on the machine named${paper}.`;
}

/**
 * What a reader of a comparison has to know.
 *
 * @param rows The rows.
 * @param options What it is a comparison of, and where it was made.
 * @returns Full sentences, a paragraph each.
 */
export function comparisonNotes(
  rows: readonly ComparisonRow[],
  options: NotesFrom,
): string[] {
  const { mode, columns } = options;
  const hasPuppets = rows.some(({ counted }) => counted.puppeteerMegabytes !== null);
  const hasPaper = rows.some(({ paper }) => paper !== null);
  const isTimed = columns.includes("secondsPerImage") || options.measureSpeed;
  const states = new Set(rows.map(({ protocol }) => protocol));
  const smoke = states.has("smoke");
  const isTimedOnly = rows.some(({ runs }) => runs.some(({ state }) => state === "untrained"));
  return [
    ...(smoke
      ? [
        "SMOKE RUN, NOT A RESULT: a handful of images, one epoch of two steps, puppeteers narrowed to C = 16. It shows " +
        "that everything works and says nothing about accuracy or speed.",
      ]
      : []),
    ...(states.has("changed")
      ? [
        "Rows marked as not the full protocol were changed by options: they do not repeat the paper.",
      ]
      : []),
    ...(mode === "runs" ? otherImagesNote(rows) : []),
    ...(hasPaper
      ? [
        "The paper's figures are printed beside ours for comparison; nothing is filled in from them.",
      ]
      : []),
    // Runs of one's own are no repetition of the paper's rows, which stand beside them.
    ...(mode === "runs" ? [] : metNotes(rows)),
    ...(isTimedOnly
      ? [
        "Not trained: the paper's table has no accuracy. Sizes and multiply-adds are counted, and the networks are timed " +
        "as they are initialised, which takes as long as with trained weights. A finished run is used where there is one.",
      ]
      : []),
    ...accuracyNotes(rows),
    ...keptNotes(rows, options),
    ...(isTimed ? [speedNote(hasPaper)] : []),
    ...(hasPuppets ? puppetNotes({ isTimed, mode }) : []),
  ];
}
