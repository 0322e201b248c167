import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Prediction } from "../lib/runs/run_types.ts";
import { findRun, refuseWrongOrder } from "./find_run.ts";
import { formatShare } from "./number_text.ts";
import { createOutput } from "./output.ts";
import { createProgress } from "./progress.ts";
import {
  addHelpSections,
  backendOption,
  checkpointOption,
  debugOption,
  exactOption,
  jsonOption,
  quietOption,
  wholeNumber,
} from "./shared_options.ts";
import { showWork } from "./show_work.ts";
import { startBackend } from "./start_backend.ts";
import { renderTable } from "./text_table.ts";

/** One line per class; what belongs to the image stands on its first line. */
function rowsOf(prediction: Prediction): string[][] {
  return prediction.classes.map(({ className, probability }, rank) => [
    rank === 0 ? prediction.file : "",
    className,
    formatShare(probability),
    rank === 0 ? prediction.complexity.toFixed(2) : "",
    rank === 0 ? String(prediction.depth) : "",
  ]);
}

/**
 * Writes predictions for people.
 *
 * @param predictions One per image.
 * @returns A table without a trailing line end.
 */
export function formatPredictions(predictions: readonly Prediction[]): string {
  return renderTable([
    { header: "image" },
    { header: "class" },
    { header: "probability", align: "right" },
    { header: predictions[0]?.complexityUnit ?? "bits", align: "right" },
    { header: "depth", align: "right" },
  ], predictions.flatMap(rowsOf));
}

/**
 * Makes the command `predict`.
 *
 * @returns The command, to be added to the program.
 */
export function predictCommand(): CommandUnknownOpts {
  const command = new Command("predict")
    .description(
      "Classifies image files: class, probability, complexity, and the depth of the network " +
        "that was generated for the image.",
    )
    .addArgument(new Argument("<run>", 'folder of a run that "train" made'))
    .addArgument(new Argument("<images...>", "PNG or JPEG files"))
    .addOption(checkpointOption())
    .addOption(
      new Option("--top <count>", "most probable classes per image")
        .argParser(wholeNumber(1, 1000)).default(1),
    )
    .addOption(exactOption())
    .addOption(backendOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (run, files, options) => {
      const output = createOutput(options);
      await refuseWrongOrder(run, files);
      const runDirectory = await findRun(run);
      await startBackend(options.backend ?? "auto", output);
      const { runPrediction } = await import("../lib/runs/run_prediction.ts");
      const { checkpoint, top: topK, exact = false } = options;
      const warn = (text: string) => output.warn(text);
      const progress = createProgress({ quiet: output.quiet });
      const report = showWork(progress);
      const request = { runDirectory, checkpoint, files, topK, exact, warn, report };
      const predictions = await runPrediction(request).finally(() => progress.end());
      output.result(predictions, () => formatPredictions(predictions));
    });
  addHelpSections(command, [
    ["predict runs/first cat.png", "the most probable class"],
    ["predict runs/first --top 3 photos/*.jpg", "three classes for each of many images"],
    ["predict runs/first cat.png --json | jq '.[0].classes[0]'", "for a script"],
  ]);
  return command;
}
