import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { MathType } from "../lib/backends/backend.ts";
import type { DataConfig } from "../lib/datasets/data_config.ts";
import { DATA_PARTS, type DataPart } from "../lib/datasets/data_part.ts";
import type { CheckpointChoice } from "../lib/runs/run_types.ts";
import { requireRun } from "./find_run.ts";
import { createOutput } from "./output.ts";
import { addDocumentOptions, type DocumentOptions, planDocument, present } from "./present.ts";
import { createProgress } from "./progress.ts";
import { refuseOtherParts } from "./refuse_idle_options.ts";
import { showWork } from "./show_work.ts";
import {
  addHelpSections,
  type BackendChoice,
  backendOption,
  checkpointOption,
  debugOption,
  depthOption,
  exactOption,
  mathOption,
  quietOption,
  type TalkOptions,
  threadsOption,
  wholeNumber,
} from "./shared_options.ts";
import { startBackend } from "./start_backend.ts";

/** Options that replace parts of the run's data configuration. */
interface DataOptions {
  readonly data?: string | undefined;
  readonly testImages?: number | undefined;
}

/** Only what was given: an absent field must not hide the run's own. */
function replacedData(options: DataOptions): Partial<DataConfig> {
  return {
    ...options.data === undefined ? {} : { directory: options.data },
    ...options.testImages === undefined ? {} : { testImages: options.testImages },
  };
}

/** Options of `eval`. */
interface EvalOptions extends DataOptions, DocumentOptions, TalkOptions {
  readonly checkpoint: CheckpointChoice;
  readonly part: DataPart;
  readonly batchSize: number;
  readonly exact?: true | undefined;
  readonly depth?: number | undefined;
  readonly speed?: true | undefined;
  readonly confusion?: true | undefined;
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  readonly math?: MathType | undefined;
}

async function evaluateRun(run: string, options: EvalOptions): Promise<void> {
  const output = createOutput(options);
  const format = await planDocument(options);
  const runDirectory = await requireRun(run);
  await startBackend(options.backend ?? "auto", output, options);
  const { runEvaluation } = await import("../lib/runs/run_evaluation.ts");
  const progress = createProgress({ quiet: output.quiet });
  const { checkpoint, part, batchSize, exact = false, confusion = false, speed, depth } = options;
  try {
    const summary = await runEvaluation({
      ...{ runDirectory, checkpoint, part, batchSize, exact },
      data: replacedData(options),
      report: showWork(progress, `evaluating ${part} images`),
      warn: (text) => output.warn(text),
      ...(speed ? { speed: {} } : {}),
      ...(depth === undefined ? {} : { depth }),
    });
    progress.end();
    const source = { kind: "evaluation", content: summary, origin: runDirectory } as const;
    await present([source], { ...options, format, to: output, matrix: confusion });
  } finally {
    progress.end();
  }
}

/**
 * Makes the command `eval`.
 *
 * @returns The command, to be added to the program.
 */
export function evalCommand(): CommandUnknownOpts {
  const command = new Command("eval")
    .description(
      "Measures a trained model on a labelled part of its data: accuracy, loss, depth and speed, " +
        "also per complexity level and per class.",
    )
    .addArgument(new Argument("<run>", "folder of a run or model, or a model's name"))
    .addOption(checkpointOption())
    .addOption(
      new Option("--part <name>", "part of the data").choices(DATA_PARTS).default("test" as const),
    )
    .addOption(new Option("--data <folder>", "dataset or pictures by class, if not the run's"))
    .addOption(
      new Option("--test-images <count>", "evaluate only this many test images")
        .argParser(wholeNumber(1)),
    )
    .addOption(
      new Option("--batch-size <images>", "most images per forward pass")
        .argParser(wholeNumber(1, 65_536)).default(256),
    )
    .addOption(exactOption())
    .addOption(depthOption())
    .addOption(
      new Option(
        "--speed",
        "measure seconds per image at batch 1 and 64, kernels kept and generated per image",
      ),
    )
    .addOption(
      new Option(
        "--confusion",
        "print the confusion matrix too, where it fits; other formats than text always have it",
      ),
    )
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(mathOption());
  addDocumentOptions(command);
  command
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (run, options, self) => {
      refuseOtherParts(self, options.part as string);
      await evaluateRun(run as string, options as unknown as EvalOptions);
    });
  addHelpSections(command, [
    ["eval runs/first", "the test images, best checkpoint"],
    ["eval runs/first --part validation --confusion", "what is confused with what"],
    ["eval runs/first --speed", "how long an image takes, with spread"],
    ["eval runs/first --output eval.html", "a page to look at"],
    ["eval runs/first --json | jq .figures.top1", "one figure for a script"],
  ]);
  return command;
}
