import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { CheckpointChoice } from "../lib/runs/run_types.ts";
import { findRun, refuseWrongOrder } from "./find_run.ts";
import { createOutput } from "./output.ts";
import { addDocumentOptions, type DocumentOptions, planDocument, present } from "./present.ts";
import { createProgress } from "./progress.ts";
import {
  addHelpSections,
  type BackendChoice,
  backendOption,
  checkpointOption,
  debugOption,
  exactOption,
  quietOption,
  type TalkOptions,
  threadsOption,
  wholeNumber,
} from "./shared_options.ts";
import { showWork } from "./show_work.ts";
import { startBackend } from "./start_backend.ts";

/** Options of `predict`. */
interface PredictOptions extends DocumentOptions, TalkOptions {
  readonly checkpoint: CheckpointChoice;
  readonly top: number;
  readonly exact?: true | undefined;
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
}

async function predict(
  run: string,
  files: readonly string[],
  options: PredictOptions,
): Promise<void> {
  const to = createOutput(options);
  const format = await planDocument(options);
  await refuseWrongOrder(run, files);
  const runDirectory = await findRun(run);
  await startBackend(options.backend ?? "auto", to, options);
  const { runPrediction } = await import("../lib/runs/run_prediction.ts");
  const { checkpoint, top: topK, exact = false } = options;
  const warn = (text: string) => to.warn(text);
  const progress = createProgress({ quiet: to.quiet });
  const report = showWork(progress);
  const request = { runDirectory, checkpoint, files, topK, exact, warn, report };
  const content = await runPrediction(request).finally(() => progress.end());
  await present([{ kind: "predictions", content, origin: run }], { ...options, format, to });
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
    .addOption(threadsOption())
    .action((run, files, options) =>
      predict(run as string, files as string[], options as unknown as PredictOptions)
    );
  addDocumentOptions(command);
  command.addOption(quietOption()).addOption(debugOption());
  addHelpSections(command, [
    ["predict runs/first cat.png", "the most probable class"],
    ["predict runs/first --top 3 photos/*.jpg", "three classes for each of many images"],
    ["predict runs/first cat.png --json | jq '.[0].classes[0]'", "for a script"],
  ]);
  return command;
}
