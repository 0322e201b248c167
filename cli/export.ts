import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ExportSummary } from "../lib/runs/export_run.ts";
import { findRun } from "./find_run.ts";
import { createOutput } from "./output.ts";
import {
  addHelpSections,
  checkpointOption,
  debugOption,
  jsonOption,
  quietOption,
} from "./shared_options.ts";

/**
 * Writes what was exported for people.
 *
 * @param summary What `exportRun` returned.
 * @returns Text without a trailing line end.
 */
export function formatExport({ directory, checkpoint, bytes }: ExportSummary): string {
  return `${directory}: checkpoint ${checkpoint}, ${
    (bytes / 1e6).toFixed(2)
  } MB; eval and predict take it like a run`;
}

/**
 * Makes the command `export`.
 *
 * @returns The command, to be added to the program.
 */
export function exportCommand(): CommandUnknownOpts {
  const command = new Command("export")
    .description(
      "Writes a trained model for use and for passing on: one checkpoint, without the optimiser (two " +
        "thirds of it) and without the places of the machine that trained it. It cannot be trained further.",
    )
    .addArgument(new Argument("<run>", 'folder of a run that "train" made'))
    .addArgument(new Argument("<folder>", "folder to write; must not exist, or be empty"))
    .addOption(checkpointOption())
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (run, directory, options) => {
      const runDirectory = await findRun(run);
      const output = createOutput(options);
      const { exportRun } = await import("../lib/runs/export_run.ts");
      const { checkpoint } = options;
      const summary = await exportRun({ runDirectory, directory, checkpoint });
      output.result(summary, () => formatExport(summary));
    });
  addHelpSections(command, [
    ["export runs/first models/mine", "the best checkpoint, or the last if none was validated"],
    ["predict models/mine cat.png", "the exported model at work"],
  ]);
  return command;
}
