import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { DataError } from "../lib/errors.ts";
import type { MathType } from "../lib/backends/backend.ts";
import type { CheckpointChoice, PredictionAnswer } from "../lib/runs/run_types.ts";
import { findRun, refuseWrongOrder } from "./find_run.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import {
  addDocumentOptions,
  type DocumentOptions,
  FORMATS,
  planDocument,
  present,
} from "./present.ts";
import type { DocumentFormat } from "./document_format.ts";
import { createProgress } from "./progress.ts";
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
import { showWork } from "./show_work.ts";
import { startBackend } from "./start_backend.ts";

/** Options of `predict`. */
interface PredictOptions extends DocumentOptions, TalkOptions {
  readonly checkpoint: CheckpointChoice;
  readonly top: number;
  readonly exact?: true | undefined;
  readonly depth?: number | undefined;
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  readonly math?: MathType | undefined;
}

/** Formats of the result: those of every document, and an answer a line. */
const PREDICTION_FORMATS: readonly DocumentFormat[] = [...FORMATS, "jsonl"];

/** Bad files that the last message names. */
const MAX_NAMED = 10;

async function readStandardInput(): Promise<string> {
  return await new Response(Deno.stdin.readable).text();
}

/** Says which files could not be read, when all others have been answered. */
function refuseFailures(answers: readonly PredictionAnswer[]): void {
  const failures = answers.filter((answer) => "error" in answer);
  if (failures.length === 0) return;
  const named = failures.slice(0, MAX_NAMED).map(({ error }) => `  ${error}`);
  const more = failures.length > MAX_NAMED ? [`  and ${failures.length - MAX_NAMED} more`] : [];
  const count = `${failures.length} of ${answers.length} ${
    answers.length === 1 ? "image" : "images"
  }`;
  throw new DataError([`Cannot read ${count}:`, ...named, ...more]);
}

/** The files that words stand for; what is passed over in folders is said. */
async function expand(words: readonly string[], to: Output): Promise<readonly string[]> {
  const { findPictures } = await import("../lib/runs/find_pictures.ts");
  const { files, passedOver } = await findPictures(words, readStandardInput);
  for (const { what, count, arePictures } of passedOver) {
    if (arePictures) {
      to.warn(
        `passed over: ${count} ${what}, a format that is not read; convert to PNG, JPEG or WebP`,
      );
    }
  }
  return files;
}

async function predict(
  run: string,
  words: readonly string[],
  options: PredictOptions,
): Promise<void> {
  const to = createOutput(options);
  const format = await planDocument(options, PREDICTION_FORMATS);
  await refuseWrongOrder(run, words);
  const runDirectory = await findRun(run);
  const files = await expand(words, to);
  await startBackend(options.backend ?? "auto", to, options);
  const { runPrediction } = await import("../lib/runs/run_prediction.ts");
  const { checkpoint, top: topK, exact = false, depth } = options;
  const warn = (text: string) => to.warn(text);
  const progress = createProgress({ quiet: to.quiet });
  const report = showWork(progress);
  const request = { runDirectory, checkpoint, files, topK, exact, depth, warn, report };
  const content = await runPrediction(request).finally(() => progress.end());
  const special = { jsonl: () => content.map((answer) => JSON.stringify(answer)).join("\n") };
  await showBeforeEnd(
    () =>
      present([{ kind: "predictions", content, origin: run }], { ...options, format, to, special }),
    () => refuseFailures(content),
  );
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
    .addArgument(new Argument("<images...>", "files, folders, patterns; - reads a list from stdin"))
    .addOption(checkpointOption())
    .addOption(
      new Option("--top <count>", "most probable classes per image")
        .argParser(wholeNumber(1, 1000)).default(1),
    )
    .addOption(exactOption())
    .addOption(depthOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(mathOption())
    .action((run, files, options) =>
      predict(run as string, files as string[], options as unknown as PredictOptions)
    );
  addDocumentOptions(command, { formats: PREDICTION_FORMATS });
  command.addOption(quietOption()).addOption(debugOption());
  addHelpSections(command, [
    ["predict runs/first cat.png", "the most probable class"],
    ["predict runs/first --top 3 photos/", "three classes for every image in a folder"],
    [
      "predict runs/first - --output all.csv < list.txt",
      "a list from another program",
    ],
    ["predict runs/first cat.png --depth 6", "the shallowest network instead of the image's own"],
    ["predict runs/first cat.png --json | jq '.[0].classes[0]'", "for a script"],
  ]);
  return command;
}
