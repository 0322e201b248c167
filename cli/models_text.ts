import type { Layer } from "../lib/architectures/layer.ts";
import type { MapSize } from "../lib/architectures/count_layers.ts";
import type { ModelCount } from "../lib/models/count_model.ts";
import type { ModelEntry } from "../lib/models/model_registry.ts";
import { formatMultiplyAdds } from "./multiply_adds_text.ts";
import { formatCount, formatParameters } from "./number_text.ts";
import { renderFacts, renderTable, type TableColumn } from "./text_table.ts";

/** A model of the list: what the registry says of it, and its figures. */
export interface ListedModel extends ModelCount {
  /** What `--model` takes. */
  readonly name: ModelEntry["name"];
  /** One line: what the model is. */
  readonly description: string;
  /** Where the model comes from. */
  readonly source: string;
  /** How our form relates to the paper's. */
  readonly ground: string;
  /** Size printed by the paper in MB for this number of classes; `null` if it prints none. */
  readonly paperMegabytes: number | null;
  /** What follows the complexity of the image. */
  readonly adapts: { readonly depth: boolean; readonly parameters: boolean };
}

/** One line of a model's list of layers. */
export interface LayerRow {
  /** Name of its parameters; empty where it has none. */
  readonly name: string;
  /** What it does. */
  readonly kind: string;
  /** `3 > 64`; empty where it keeps them. */
  readonly channels: string;
  /** `32 x 32`, in pixels. */
  readonly output: string;
  /** Numbers of its kernel or matrix. */
  readonly weights: number;
  /** Whether the weights are generated. */
  readonly generated: boolean;
}

/** What is counted in lists of layers; passed in, so that help needs nothing of the library. */
export interface LayerTools {
  /** Size of a feature map after a layer. */
  readonly sizeAfter: (layer: Layer, size: MapSize) => MapSize;
  /** Numbers that a kernel holds. */
  readonly kernelLength: (layer: Layer & { readonly kind: "convolution" }) => number;
  /** Whether a kernel is generated. */
  readonly isGenerated: (layer: Layer & { readonly kind: "convolution" }) => boolean;
}

function right(header: string): TableColumn {
  return { header, align: "right" };
}

/** What follows the image. */
function formatAdapts({ adapts, decides }: Pick<ListedModel, "adapts" | "decides">): string {
  const words = [
    ...adapts.depth ? ["depth"] : [],
    ...adapts.parameters ? ["initial state"] : [],
    ...decides ? ["work"] : [],
  ];
  return words.length === 0 ? "-" : words.join(", ");
}

/** The figure of one image; the most where the network decides. */
function formatForward({ reference, decides }: ModelCount): string {
  return `${decides ? "<= " : ""}${formatMultiplyAdds(reference.forward)}`;
}

function formatMegabytes(megabytes: number): string {
  return megabytes === 0 ? "-" : megabytes.toFixed(2);
}

/** Columns of the list. */
function columnsOf(batch: number): TableColumn[] {
  return [
    { header: "model" },
    right("puppeteer MB"),
    right("stored parameters"),
    right("stored MB"),
    right("paper MB"),
    right("per image"),
    right("generation"),
    right(`image + 1/${batch} generation`),
    right(`tool, batch ${batch}`),
    { header: "adapts" },
    { header: "source" },
  ];
}

function rowOf(model: ListedModel): string[] {
  const { dynamics, resizing, amortized, generatedKernels } = model.reference;
  const generates = generatedKernels > 0;
  return [
    model.name,
    formatMegabytes(model.megabytes.puppeteer),
    formatCount(model.parameters.total),
    model.megabytes.total.toFixed(2),
    model.paperMegabytes?.toFixed(2) ?? "-",
    formatForward(model),
    generates ? formatMultiplyAdds(dynamics + resizing) : "-",
    generates ? formatMultiplyAdds(amortized) : "-",
    model.multiplyAddsOfTool === null ? "-" : formatMultiplyAdds(model.multiplyAddsOfTool),
    formatAdapts(model),
    model.source,
  ];
}

/** What the columns mean. */
function legendOf(batch: number): string[] {
  return [
    "Multiply-adds per image and per generation: our rule, weights times output positions, at the " +
    "reference complexity; kernels are generated once per complexity level.",
    `Tool: the rule of the paper's tool for a batch of ${batch}; of a puppet it counts one generation only.`,
  ];
}

/**
 * Writes the list of models for people.
 *
 * @param models The models, at least one.
 * @returns Lines without a trailing line end.
 */
export function formatModels(models: readonly ListedModel[]): string {
  const { batch } = models[0]!;
  return [renderTable(columnsOf(batch), models.map(rowOf)), "", ...legendOf(batch)].join("\n");
}

/**
 * Writes the list of models as a Markdown table.
 *
 * @param models The models, at least one.
 * @returns Lines without a trailing line end.
 */
export function formatModelsMarkdown(models: readonly ListedModel[]): string {
  const { batch } = models[0]!;
  const columns = columnsOf(batch);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(({ header }) => header)),
    line(columns.map(({ align }) => align === "right" ? "---:" : "---")),
    ...models.map((model) => line(rowOf(model).map((cell) => cell.replaceAll("|", "\\|")))),
    "",
    ...legendOf(batch),
  ].join("\n");
}

function layerRow(layer: Layer, size: MapSize, tools: LayerTools): LayerRow {
  const { height, width } = tools.sizeAfter(layer, size);
  const output = `${height} x ${width}`;
  const plain = { name: "", channels: "", output, weights: 0, generated: false };
  if (layer.kind === "convolution") {
    const { kernelSize, stride, depthwise, inputChannels, outputChannels } = layer;
    const form = depthwise ? "depthwise" : "convolution";
    return {
      name: layer.name,
      kind: `${form} ${kernelSize}x${kernelSize}${stride > 1 ? `, stride ${stride}` : ""}`,
      channels: `${inputChannels} > ${outputChannels}`,
      output,
      weights: tools.kernelLength(layer),
      generated: tools.isGenerated(layer),
    };
  }
  if (layer.kind === "linear") {
    const { name, inputs, outputs } = layer;
    const channels = `${inputs} > ${outputs}`;
    return { ...plain, name, kind: "linear", channels, output: "", weights: inputs * outputs };
  }
  if (layer.kind === "max-pool") {
    return { ...plain, kind: `max-pool ${layer.size}x${layer.size}, stride ${layer.stride}` };
  }
  if (layer.kind === "residual") {
    return { ...plain, kind: layer.shortcut.length === 0 ? "add input" : "add shortcut" };
  }
  if (layer.kind === "concatenation") return { ...plain, kind: "join branches" };
  return { ...plain, kind: "global average pool", output: "1 x 1" };
}

/**
 * Lists layers line by line: the layers of a nest come before the line that joins them.
 *
 * @param layers Layers in order.
 * @param size Height and width of the input.
 * @param tools What counts layers.
 * @returns One row per layer.
 */
export function layerRows(
  layers: readonly Layer[],
  size: MapSize,
  tools: LayerTools,
): LayerRow[] {
  let at = size;
  return layers.flatMap((layer) => {
    const branches = layer.kind === "residual"
      ? [layer.body, layer.shortcut]
      : layer.kind === "concatenation"
      ? layer.branches
      : [];
    const rows = branches.flatMap((branch) => layerRows(branch, at, tools));
    rows.push(layerRow(layer, at, tools));
    at = tools.sizeAfter(layer, at);
    return rows;
  });
}

function formatLayers(rows: readonly LayerRow[]): string {
  const columns = [
    { header: "layer" },
    { header: "kind" },
    { header: "channels" },
    { header: "output" },
    right("weights"),
    { header: "" },
  ];
  return renderTable(
    columns,
    rows.map((row) => [
      row.name,
      row.kind,
      row.channels,
      row.output,
      row.weights === 0 ? "" : formatCount(row.weights),
      row.generated ? "generated" : "",
    ]),
  );
}

function formatLevels(model: ListedModel): string {
  const columns = [
    right("level"),
    right("bits"),
    right("kernels"),
    right("evaluations"),
    right("per image"),
    right("dynamics"),
    right("resizing"),
    right(`image + 1/${model.batch} generation`),
  ];
  return renderTable(
    columns,
    model.levels.map((level) => [
      String(level.level),
      level.complexity.toFixed(2),
      String(level.generatedKernels),
      String(level.evaluations),
      formatMultiplyAdds(level.forward),
      formatMultiplyAdds(level.dynamics),
      formatMultiplyAdds(level.resizing),
      formatMultiplyAdds(level.amortized),
    ]),
  );
}

/**
 * Writes one model in detail.
 *
 * @param model The model.
 * @param layers Its layers at the reference complexity; `null` where it is more than a list of layers.
 * @returns Lines without a trailing line end.
 */
export function formatModel(model: ListedModel, layers: readonly LayerRow[] | null): string {
  const { batch, parameters, paperMegabytes, multiplyAddsOfTool } = model;
  const generates = model.reference.generatedKernels > 0;
  const facts = renderFacts([
    ["model", model.name],
    ["what", model.description],
    ["source", model.source],
    ["ground", model.ground],
    ["adapts", formatAdapts(model)],
    ["puppeteer", generates ? `${formatParameters(parameters.puppeteer)} parameters` : "none"],
    ["stored", `${formatParameters(parameters.total)} parameters in all`],
    [
      "paper",
      paperMegabytes === null
        ? "prints no size for these classes and channels"
        : `${paperMegabytes.toFixed(2)} MB`,
    ],
    ["our multiply-adds", `${formatForward(model)} per image`],
    ...multiplyAddsOfTool === null ? [] : [
      [
        "paper's tool",
        `${formatMultiplyAdds(multiplyAddsOfTool)} for a batch of ${batch}` +
        (generates ? ", one generation only" : ""),
      ] as const,
    ],
  ]);
  return [
    facts,
    ...generates ? [formatLevels(model)] : [],
    layers === null ? "The model is more than a list of layers." : formatLayers(layers),
  ].join("\n\n");
}
