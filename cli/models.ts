import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import type { ListedModel } from "../lib/models/list_model.ts";
import type { ModelName } from "../lib/models/model_names.ts";
import type { ReportSource } from "../lib/reports/build_report.ts";
import { findRun, isRun } from "./find_run.ts";
import { createOutput, type Output } from "./output.ts";
import { addDocumentOptions, type DocumentOptions, planDocument, present } from "./present.ts";
import { PROGRAM } from "./program_name.ts";
import { quoteWord } from "../lib/safe_text.ts";
import {
  addHelpSections,
  debugOption,
  quietOption,
  type TalkOptions,
  wholeNumber,
} from "./shared_options.ts";

/** What the models are counted for. */
interface ModelsOptions extends DocumentOptions, TalkOptions {
  readonly classes: number;
  readonly imageSize: number;
  readonly channels: number;
}

/** The name of one model, or of all of them. */
async function findNames(name: string | undefined): Promise<ModelName[]> {
  const { modelNames } = await import("../lib/models/model_names.ts");
  if (name === undefined) return [...modelNames];
  const known = modelNames.find((one) => one === name);
  if (known !== undefined) return [known];
  if (await isRun(await findRun(name))) {
    throw new UsageError([
      `Cannot count ${name}: it is a trained model or a run, this command lists the networks that can be trained`,
      `See "${PROGRAM} report ${quoteWord(name)}"`,
    ]);
  }
  const { nearestWord } = await import("../lib/configuration/nearest_word.ts");
  const nearest = nearestWord(name, modelNames);
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw new UsageError([
    `Cannot find model "${name}"${hint}`,
    `The models are ${modelNames.join(", ")}`,
  ]);
}

/** The list of models, or one of them with its layers. */
async function countModels(
  name: string | undefined,
  { classes, imageSize, channels }: ModelsOptions,
): Promise<ReportSource> {
  const names = await findNames(name);
  const { defaultConfig } = await import("../lib/configuration/experiment_config.ts");
  const { listLayers, listModel } = await import("../lib/models/list_model.ts");
  const data = { classes, image: { height: imageSize, width: imageSize } };
  const models: ListedModel[] = [];
  for (const name of names) {
    models.push(await listModel({ ...defaultConfig().model, name, maxChannels: channels }, data));
  }
  if (name === undefined) return { kind: "models", content: models, origin: "models" };
  const config = { ...defaultConfig().model, name: names[0]!, maxChannels: channels };
  const content = { ...models[0]!, layers: listLayers(config, data) };
  return { kind: "model", content, origin: name };
}

/** The stages of the plain backbone have C/8, C/4, C/2 and C channels. */
function checkChannels(channels: number): void {
  if (channels % 8 === 0) return;
  throw new UsageError(
    `Cannot use --channels ${channels}: it must be a multiple of 8, because the four stages have ` +
      "C/8, C/4, C/2 and C channels",
  );
}

/** A model whose layers are given has no C, unless states of a trajectory are of that size. */
async function sayIdleChannels(
  name: string | undefined,
  to: Output,
  command: CommandUnknownOpts,
): Promise<void> {
  if (name === undefined || command.getOptionValueSource("channels") !== "cli") return;
  const { completeConfig } = await import("../lib/configuration/experiment_config.ts");
  const { remarksOnIdleOptions } = await import("./idle_options.ts");
  const channels = { path: "model.maxChannels", value: null, from: "--channels" };
  const remarks = await remarksOnIdleOptions([completeConfig({ model: { name } })], [channels]);
  for (const remark of remarks) to.talk(remark);
}

async function models(
  name: string | undefined,
  options: ModelsOptions,
  command: CommandUnknownOpts,
): Promise<void> {
  const to = createOutput(options);
  const format = await planDocument(options);
  checkChannels(options.channels);
  const source = await countModels(name, options);
  await sayIdleChannels(name, to, command);
  await present([source], { ...options, format, to });
}

/**
 * Makes the command `models`.
 *
 * @returns The command, to be added to the program.
 */
export function modelsCommand(): CommandUnknownOpts {
  const command = new Command("models")
    .description(
      "Lists the models with parameters, size and multiply-adds, or shows one of them in detail. " +
        "Multiply-adds are given by our rule and by that of the paper's tool.",
    )
    .addArgument(new Argument("[name]", "shows this model with its layers"))
    .addOption(
      new Option("--classes <count>", "number of classes")
        .argParser(wholeNumber(2, 100_000)).default(10),
    )
    .addOption(
      new Option("--image-size <pixels>", "side of the images")
        .argParser(wholeNumber(32, 1024)).default(32),
    )
    .addOption(
      new Option(
        "--channels <count>",
        "C, the largest channel count of the plain backbone and puppeteer",
      )
        .argParser(wholeNumber(8, 8192)).default(512),
    )
    .action((name, options, self) =>
      models(name as string | undefined, options as unknown as ModelsOptions, self)
    );
  addDocumentOptions(command);
  command.addOption(quietOption()).addOption(debugOption());
  addHelpSections(command, [
    ["models", "all models for ten classes"],
    ["models puppet-resnet", "one model with its layers"],
    ["models --classes 100 --format md", "a table for a document"],
  ]);
  return command;
}
