import type { ReportWork, Work } from "../lib/evaluation/report_work.ts";
import type { Progress } from "./progress.ts";

/** What is counted. */
const UNITS: Readonly<Record<Work, string>> = {
  "loading images": "images",
  "generating kernels": "levels",
  "classifying images": "images",
  "measuring speed": "figures",
};

/**
 * Makes the function that shows how far a long work has come.
 *
 * @param progress Where it is shown.
 * @param classifying What the images are classified for.
 * @returns Takes what the work reports.
 */
export function showWork(progress: Progress, classifying = "classifying images"): ReportWork {
  return (done, total, work) => {
    const text = work === "classifying images" ? classifying : work;
    progress.update({ done, total: total === 0 ? null : total, text, unit: UNITS[work] });
  };
}
