import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { DataError, UsageError } from "../lib/errors.ts";
import type { MathType } from "../lib/backends/backend.ts";
import type { CheckpointChoice, PredictionAnswer } from "../lib/runs/run_types.ts";
import { refuseWrongOrder, requireRun } from "./find_run.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import {
  addDocumentOptions,
  type DocumentOptions,
  FORMATS,
  planDocument,
  present,
} from "./present.ts";
import type { DocumentFormat } from "./document_format.ts";
import { type DocumentTarget, openDocument } from "./document_output.ts";
import { exitCodeOfSignal } from "./exit_codes.ts";
import { createProgress, type Progress } from "./progress.ts";
import {
  type AnswerFormat,
  type AnsweringModel,
  type AnswerWriter,
  answerWriter,
} from "../lib/reports/answer_writer.ts";
import { withStopSignals } from "./stop_signals.ts";
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
import { readStdin } from "./read_stdin.ts";
import { showWork } from "./show_work.ts";
import { startBackend } from "./start_backend.ts";
import { countOf } from "../lib/count_of.ts";

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

/** A list of a million paths has some 100 MB. */
const LIST_BOUNDS = { maxBytes: 256e6, refusal: DataError };

/** Stdin can be read once. */
function refuseSecondList(words: readonly string[]): void {
  if (words.filter((word) => word === "-").length < 2) return;
  throw new UsageError('Cannot read two lists from stdin; give "-" once');
}

/** Counts the files that could not be read, and keeps what is said of the first. */
class FailureCount {
  #images = 0;
  #failures = 0;
  readonly #named: string[] = [];

  add(answer: PredictionAnswer): void {
    this.#images += 1;
    if (!("error" in answer)) return;
    this.#failures += 1;
    if (this.#named.length < MAX_NAMED) this.#named.push(`  ${answer.error}`);
  }

  /** Says which files could not be read, when all others have been answered. */
  refuse(): void {
    const left = this.#failures - this.#named.length;
    if (this.#failures === 0) return;
    const more = left > 0 ? [`  and ${left} more`] : [];
    const count = `${this.#failures} of ${countOf(this.#images, "image")}`;
    throw new DataError([`Cannot read ${count}:`, ...this.#named, ...more]);
  }
}

/** The files that words stand for; what is passed over in folders is said. */
async function expand(words: readonly string[], to: Output): Promise<readonly string[]> {
  const { findPictures } = await import("../lib/runs/find_pictures.ts");
  const { files, passedOver } = await findPictures(
    words,
    () => readStdin("the list of images", LIST_BOUNDS),
  );
  for (const { what, count, arePictures } of passedOver) {
    if (arePictures) {
      to.warn(
        `passed over: ${count} ${what}, a format that is not read; convert to PNG, JPEG or WebP`,
      );
    }
  }
  return files;
}

/** Writes every answer as soon as it is there. */
async function writeAnswers(
  answers: AsyncIterable<PredictionAnswer>,
  options: DocumentTarget & {
    readonly writer: () => AnswerWriter;
    readonly to: Output;
    readonly progress: Progress;
  },
): Promise<void> {
  const { writer, progress } = options;
  const document = await openDocument(options);
  const write = async () => {
    try {
      for await (const answer of answers) {
        // Both streams may be one terminal.
        progress.end();
        await document.write(writer().add(answer));
      }
      await document.write(writer().end());
      progress.end();
      await document.complete();
    } finally {
      document.discard();
    }
  };
  if (options.output === undefined) return await write();
  await withStopSignals(write, (signal) => {
    document.discard();
    Deno.exit(exitCodeOfSignal(signal));
  });
}

async function predict(
  run: string,
  words: readonly string[],
  options: PredictOptions,
): Promise<void> {
  const to = createOutput(options);
  refuseSecondList(words);
  const format = await planDocument(options, PREDICTION_FORMATS);
  await refuseWrongOrder(run, words);
  const runDirectory = await requireRun(run);
  const files = await expand(words, to);
  await startBackend(options.backend ?? "auto", to, options);
  const { runPrediction } = await import("../lib/runs/run_prediction.ts");
  const { checkpoint, top: topK, exact = false, depth } = options;
  const warn = (text: string) => to.warn(text);
  const progress = createProgress({ quiet: to.quiet });
  const report = showWork(progress);
  let model: AnsweringModel = { classNames: [], complexityUnit: "" };
  const onModel = (found: AnsweringModel) => model = found;
  const request = { runDirectory, checkpoint, files, topK, exact, depth, warn, report, onModel };
  const failures = new FailureCount();
  const answers = counted(runPrediction(request), failures);
  const show = async () => {
    if (isAnswerFormat(format)) {
      let made: AnswerWriter | null = null;
      const writer = () => made ??= answerWriter(format, model);
      return await writeAnswers(answers, { ...options, writer, to, progress });
    }
    const content = await Array.fromAsync(answers);
    progress.end();
    await present([{ kind: "predictions", content, origin: run }], { ...options, format, to });
  };
  await showBeforeEnd(() => show().finally(() => progress.end()), () => failures.refuse());
}

async function* counted(
  answers: AsyncIterable<PredictionAnswer>,
  failures: FailureCount,
): AsyncGenerator<PredictionAnswer> {
  for await (const answer of answers) {
    failures.add(answer);
    yield answer;
  }
}

function isAnswerFormat(format: DocumentFormat): format is AnswerFormat {
  return format === "text" || format === "csv" || format === "json" || format === "jsonl";
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
    .addArgument(new Argument("<run>", "folder of a run or model, or a model's name"))
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
