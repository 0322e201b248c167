import { Argument, Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import type { ModelConfig } from "../lib/models/model_config.ts";
import type { ModelEntry } from "../lib/models/model_registry.ts";
import {
  formatModel,
  formatModels,
  formatModelsMarkdown,
  type LayerRow,
  layerRows,
  type ListedModel,
} from "./models_text.ts";
import { createOutput } from "./output.ts";
import {
  addHelpSections,
  debugOption,
  jsonOption,
  quietOption,
  wholeNumber,
} from "./shared_options.ts";

/** C of the paper. */
const PAPER_CHANNELS = 512;

/** What the models are counted for. */
interface CountRequest {
  readonly classes: number;
  readonly imageSize: number;
  readonly channels: number;
}

/** Finds one model, or all of them without a name. */
async function findEntries(name: string | undefined): Promise<ModelEntry[]> {
  const { modelEntry } = await import("../lib/models/model_registry.ts");
  const { modelNames } = await import("../lib/models/model_names.ts");
  if (name === undefined) return modelNames.map(modelEntry);
  if (modelNames.some((known) => known === name)) return [modelEntry(name)];
  const { nearestWord } = await import("../lib/configuration/nearest_word.ts");
  const nearest = nearestWord(name, modelNames);
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw new UsageError([
    `Cannot find model "${name}"${hint}`,
    `The models are ${modelNames.join(", ")}`,
  ]);
}

/** The default configuration of a model with the channels asked for. */
async function configOf(
  name: ModelEntry["name"],
  { channels }: CountRequest,
): Promise<ModelConfig> {
  const { defaultConfig } = await import("../lib/configuration/experiment_config.ts");
  return { ...defaultConfig().model, name, maxChannels: channels };
}

async function countEntry(entry: ModelEntry, request: CountRequest): Promise<ListedModel> {
  const { countModel } = await import("../lib/models/count_model.ts");
  const { name, description, source, ground, adapts } = entry;
  const { classes, imageSize, channels } = request;
  const image = { height: imageSize, width: imageSize };
  const count = await countModel(await configOf(name, request), { classes, image });
  // The paper's puppeteers have 512 channels: its prints say nothing of others.
  const isPrinted = count.parameters.puppeteer === 0 || channels === PAPER_CHANNELS;
  const paperMegabytes = isPrinted ? entry.paperMegabytes[classes] ?? null : null;
  return { name, description, source, ground, paperMegabytes, adapts, ...count };
}

/** The layers at the reference complexity; `null` for a model that is more than layers. */
async function listLayers(
  entry: ModelEntry,
  request: CountRequest,
): Promise<LayerRow[] | null> {
  const { layersOfModel } = await import("../lib/models/model_layers.ts");
  const { kernelLength, sizeAfter } = await import("../lib/architectures/count_layers.ts");
  const model = layersOfModel(await configOf(entry.name, request), request.classes);
  if (model === null) return null;
  const size = { height: request.imageSize, width: request.imageSize };
  return layerRows(model.layersOf(model.levels.list[model.reference]!), size, {
    sizeAfter,
    kernelLength,
    isGenerated: (layer) => model.isGenerated?.(layer) === true,
  });
}

async function countAll(
  entries: readonly ModelEntry[],
  request: CountRequest,
): Promise<ListedModel[]> {
  const models: ListedModel[] = [];
  for (const entry of entries) models.push(await countEntry(entry, request));
  return models;
}

/** The stages of the plain backbone have C/8, C/4, C/2 and C channels. */
function checkChannels(channels: number): void {
  if (channels % 8 === 0) return;
  throw new UsageError(
    `Cannot use --channels ${channels}: it must be a multiple of 8, because the four stages have ` +
      "C/8, C/4, C/2 and C channels",
  );
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
        .argParser(wholeNumber(8, 8192)).default(PAPER_CHANNELS),
    )
    .addOption(new Option("--markdown", "print the list as a Markdown table").conflicts("json"))
    .addOption(jsonOption())
    .addOption(quietOption())
    .addOption(debugOption())
    .action(async (name, options) => {
      const output = createOutput(options);
      checkChannels(options.channels);
      if (name !== undefined && options.markdown) {
        throw new UsageError("Cannot use --markdown with the name of a model: it prints the list");
      }
      const entries = await findEntries(name);
      const models = await countAll(entries, options);
      if (name === undefined) {
        const format = options.markdown ? formatModelsMarkdown : formatModels;
        return output.result(models, () => format(models));
      }
      const layers = await listLayers(entries[0]!, options);
      output.result({ ...models[0]!, layers }, () => formatModel(models[0]!, layers));
    });
  addHelpSections(command, [
    ["models", "all models for ten classes"],
    ["models puppet-resnet", "one model with its layers"],
    ["models --classes 100 --markdown", "a table for a document"],
  ]);
  return command;
}
