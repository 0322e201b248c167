import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { DivergenceError, UsageError } from "../lib/errors.ts";
import type { TrainingEvent } from "../lib/training/training_event.ts";
import type { SaveSchedule } from "../lib/training/save_schedule.ts";
import type { ImageInspection } from "../lib/runs/inspect_images.ts";
import { significantCell } from "../lib/reports/cells.ts";
import type { InitialWeights, TrainingSummary } from "../lib/runs/run_types.ts";
import { addConfigOptions } from "./config_options.ts";
import { readDuration, readSaveSchedule } from "./duration_option.ts";
import { InterruptedError } from "./exit_codes.ts";
import { findRun } from "./find_run.ts";
import { createOutput, type Output, showBeforeEnd } from "./output.ts";
import { present } from "./present.ts";
import { createProgress } from "./progress.ts";
import { collectProvenance } from "../lib/runs/collect_provenance.ts";
import {
  addHelpSections,
  configOption,
  debugOption,
  jsonOption,
  quietOption,
  runOption,
  type TalkOptions,
} from "./shared_options.ts";
import { startBackend } from "./start_backend.ts";
import { type StoppableResult, withStopSignals } from "./stop_signals.ts";
import { PROGRAM } from "./program_name.ts";
import { showTraining } from "./training_display.ts";
import { quoteWord } from "../lib/safe_text.ts";
import type { TrainingRequest, TrainingRequestOptions } from "./training_request.ts";

/** Options of `train` that are not keys of the configuration. */
interface TrainOptions extends TrainingRequestOptions, TalkOptions {
  readonly dryRun?: true;
  readonly changedImages?: true;
  readonly printConfig?: true;
  readonly tensorboard?: true;
  readonly time?: number;
  readonly saveEvery?: SaveSchedule;
  readonly threads?: number;
}

/** What is left of the time that the command was given, whose clock nobody sets. */
function timeLeft(seconds: number | undefined, begun: number) {
  if (seconds === undefined) return {};
  return { timeLimit: Math.max(seconds - (performance.now() - begun) / 1000, 0) };
}

/** Loads what writes down what was found out about the images, before the first step. */
async function loadInspectionWriter(
  width: () => number,
): Promise<(inspection: ImageInspection) => string[]> {
  const { inspectionPart } = await import("../lib/reports/parts/inspection_part.ts");
  const { writeText } = await import("../lib/reports/text/write_text.ts");
  return (inspection) =>
    writeText({ title: "", parts: [inspectionPart(inspection)] }, {
      width: Math.min(width(), 100),
    }).split("\n");
}

/** Loads data and model, says what would be done, and leaves no trace. */
async function rehearse(
  request: TrainingRequest,
  { output, threads, weights, changedImages, startedAt }: {
    readonly output: Output;
    readonly threads: number | undefined;
    readonly weights: InitialWeights | undefined;
    readonly changedImages: true | undefined;
    readonly startedAt: Date;
  },
): Promise<void> {
  const { config, runDirectory, resume, allowOtherBackend } = request;
  const backend = await startBackend(config.backend, output, { threads, math: config.math });
  const { planTraining } = await import("../lib/runs/plan_training.ts");
  const progress = createProgress({ quiet: output.quiet });
  const provenance = await collectProvenance({ argv: Deno.args, startedAt, backend });
  const resumed = {
    ...{ runDirectory, provenance, allowOtherBackend, allowChangedImages: changedImages ?? false },
    report: (event: TrainingEvent) => {
      if (event.kind === "warning") output.warn(event.text);
    },
  };
  let plan;
  try {
    plan = await planTraining(config, (done, total) => {
      progress.update({ done, total, text: "decoding images" });
    }, resume ? { resumed } : { weights });
  } finally {
    progress.end();
  }
  const { readRunProgress } = await import("../lib/runs/run_progress.ts");
  const before = resume ? await readRunProgress(runDirectory) : null;
  const epochsDone = before?.epochs ?? null;
  const dryRun = { runDirectory, backend: backend.description, epochsDone, plan, config };
  const source = { kind: "training-plan", content: dryRun, origin: "train" } as const;
  await present([source], { format: output.json ? "json" : "text", to: output });
}

/** Trains until the end or until a signal, and shows how it goes. */
async function runWithSignals(
  request: TrainingRequest,
  options:
    & Pick<TrainOptions, "tensorboard" | "time" | "saveEvery" | "changedImages" | "threads">
    & {
      readonly output: Output;
      readonly startedAt: Date;
      readonly begun: number;
      readonly onInspection: (inspection: ImageInspection) => void;
      readonly initialWeights: InitialWeights | undefined;
    },
): Promise<StoppableResult<TrainingSummary>> {
  const { config, resume, allowOtherBackend } = request;
  const { output, startedAt, saveEvery } = options;
  const { threads } = options;
  const backend = await startBackend(config.backend, output, { threads, math: config.math });
  const { runTraining } = await import("../lib/runs/run_training.ts");
  const { claimRunDirectory } = await import("../lib/runs/default_run_directory.ts");
  const provenance = await collectProvenance({ argv: Deno.args, startedAt, backend });
  const progress = createProgress({ quiet: output.quiet });
  const inspectionLines = await loadInspectionWriter(() => progress.width());
  const report = showTraining(progress, {
    training: config.training,
    warn: (text) => output.warn(text),
  });
  try {
    return await withStopSignals(
      async (signal) => {
        await using claimed = request.isNamed
          ? null
          : await claimRunDirectory(request.runDirectory);
        const runDirectory = claimed?.path ?? request.runDirectory;
        progress.note(`run: ${runDirectory}`);
        return await runTraining(config, {
          ...{ runDirectory, resume, allowOtherBackend, provenance, signal, report },
          ...(options.tensorboard ? { tensorboard: true } : {}),
          ...timeLeft(options.time, options.begun),
          ...(saveEvery === undefined ? {} : { saveEvery }),
          ...(options.initialWeights === undefined ? {} : { weights: options.initialWeights }),
          allowChangedImages: options.changedImages ?? false,
          onInspection: (inspection) => {
            options.onInspection(inspection);
            for (const line of inspectionLines(inspection)) progress.note(line);
          },
        });
      },
      (signal) => progress.note(`${signal}: saving and stopping; Ctrl+C leaves at once`),
    );
  } finally {
    progress.end();
  }
}

async function readWeights(run: string, output: Output): Promise<InitialWeights> {
  const { readInitialWeights } = await import("../lib/runs/initial_weights.ts");
  return await readInitialWeights(run, (text) => output.warn(text));
}

const WHAT_DIVERGED = {
  "not-finite": "the loss or the gradient stopped being finite",
  "loss-exploded": "the loss of the epoch is over 100 times that of guessing",
  "network-not-finite": "weights or answers stopped being finite, though the last loss was",
} as const;

/** Turns an end that was not planned into an error, for the exit code. */
function refuseBadEnd({ result: summary, signal }: StoppableResult<TrainingSummary>): void {
  const { runDirectory, epochs, steps, stopReason, divergence } = summary;
  const moment = `after epoch ${epochs}, step ${steps}`;
  if (stopReason === "diverged") {
    const figures = divergence === null ? "" : ` (loss ${divergence.loss}, gradient norm ` +
      `${divergence.gradientNorm}, learning rate ${significantCell(divergence.learningRate).text})`;
    throw new DivergenceError(
      `Training diverged ${moment}: ${
        WHAT_DIVERGED[divergence?.reason ?? "not-finite"]
      }${figures}; the checkpoint that was saved before is kept: try a ` +
        `smaller --learning-rate, or --clip-norm 1, in a new run`,
    );
  }
  if (stopReason === "interrupted") {
    throw new InterruptedError(
      signal ?? "SIGTERM",
      `Training was interrupted ${moment}; continue with "${PROGRAM} train --resume ${
        quoteWord(runDirectory)
      }"`,
    );
  }
}

async function train(options: TrainOptions): Promise<void> {
  const [startedAt, begun] = [new Date(), performance.now()];
  const output = createOutput(options);
  const weights = options.weights === undefined ? undefined : await findRun(options.weights);
  const { resolveTrainingRequest } = await import("./training_request.ts");
  const request = await resolveTrainingRequest({ ...options, weights }, startedAt);
  if (options.changedImages && !request.resume) {
    throw new UsageError(
      "--changed-images belongs to --resume: a new run takes the images as they are",
    );
  }
  if (options.printConfig) {
    const { formatConfig } = await import("../lib/configuration/format_config.ts");
    return output.result(request.config, () => formatConfig(request.config).trimEnd());
  }
  for (const choice of request.choices) output.talk(choice);
  const { remarksOnIdleOptions } = await import("./idle_options.ts");
  for (const remark of await remarksOnIdleOptions([request.config], request.overrides)) {
    output.talk(remark);
  }
  const initialWeights = weights === undefined ? undefined : await readWeights(weights, output);
  if (options.dryRun) {
    const { threads, changedImages } = options;
    const parts = { output, threads, weights: initialWeights, changedImages, startedAt };
    return await rehearse(request, parts);
  }
  let hasTestImages = true;
  const ending = await runWithSignals(request, {
    ...options,
    output,
    ...{ startedAt, begun },
    initialWeights,
    onInspection: ({ perClass }) => {
      hasTestImages = perClass.test.some((count) => count > 0);
    },
  });
  await showBeforeEnd(
    () => {
      const source = { kind: "training", content: ending.result, origin: "train" } as const;
      return present([source], { format: output.json ? "json" : "text", to: output });
    },
    () => refuseBadEnd(ending),
  );
  const next = ending.result.stopReason === "time-limit" ? "train --resume" : "eval";
  const part = next === "eval" && !hasTestImages ? " --part validation" : "";
  output.talk(`next: ${PROGRAM} ${next} ${quoteWord(ending.result.runDirectory)}${part}`);
}

function weightsOption() {
  const what =
    "begin with the weights of this run or model, as far as they fit, and fit a new head to the " +
    "images; its model is the default";
  return new Option("--weights <run>", what).conflicts("resume");
}

function resumeOption() {
  return new Option("--resume <folder>", "continue the run of this folder where it was saved");
}

function changedImagesOption() {
  const what = "with --resume: continue though images were repaired, added or taken away";
  return new Option("--changed-images", what);
}

/** Examples of the help. */
const EXAMPLES: readonly [command: string, comment: string][] = [
  ["train --run runs/first", "the paper's protocol, data in ./data"],
  ["train --channels 128 --images 2000 --epochs 5 --depth 10", "a small, quick training"],
  ["train --config runs/first/config.yaml --seed 2", "the same training with another seed"],
  ["train --preset vgg-cifar100 --run runs/vgg", "one training of the paper's Table 6"],
  ["train --weights puppet-cnn-cifar10 --dataset folder --data pets", "from a trained model"],
  ["train --resume runs/first --epochs 150", "continue, for longer than first planned"],
  ["train --print-config > my.yaml", "a configuration file to start from"],
];

/**
 * Makes the command `train`.
 *
 * @returns The command, to be added to the program.
 */
export function trainCommand(): CommandUnknownOpts {
  const command = new Command("train")
    .description(
      "Trains a model and keeps configuration, log and checkpoints in a run folder. " +
        "The defaults are the paper's protocol on 10,000 CIFAR-10 images.",
    )
    .addOption(configOption().conflicts("resume"))
    .addOption(
      new Option(
        "--preset <name>",
        "start from a training of the paper's tables; compare --help lists them",
      ).conflicts(["config", "resume"]),
    )
    .addOption(runOption().conflicts("resume"))
    .addOption(weightsOption())
    .addOption(resumeOption())
    .addOption(changedImagesOption())
    .addOption(
      new Option("--dry-run", "load data and model, show what would be done, write nothing"),
    )
    .addOption(
      new Option(
        "--tensorboard",
        "write events for TensorBoard to the folder tensorboard of the run",
      ),
    )
    .addOption(
      new Option(
        "--time <duration>",
        "save and end after this time, for example 2h; --resume continues",
      ).argParser(readDuration),
    )
    .addOption(
      new Option(
        "--save-every <period>",
        "save after this many epochs, for example 5, or also within an epoch, for example 10m; best and last " +
          "state are always saved (default: 1)",
      ).argParser(readSaveSchedule),
    )
    .addOption(new Option("--print-config", "print the complete configuration as YAML and stop"))
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action((options) => train(options as TrainOptions));
  addConfigOptions(command);
  addHelpSections(command, EXAMPLES);
  return command;
}
