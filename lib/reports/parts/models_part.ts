import type { ListedModel, ModelDetails } from "../../models/list_model.ts";
import {
  countCell,
  decimalCell,
  fact,
  megabyteCell,
  parametersCell,
  textCell,
  workCell,
} from "../cells.ts";
import { numbers, tableOf, words } from "../table.ts";
import type { Cell, Fact, ReportBlock, ReportPart } from "../report_document.ts";

/** What follows the image. */
function adaptsCell({ adapts, decides }: ListedModel): Cell {
  const followers = [
    ...adapts.depth ? ["depth"] : [],
    ...adapts.parameters ? ["initial state"] : [],
    ...decides ? ["work"] : [],
  ];
  return textCell(followers.join(", "));
}

/** The figure of one image; the most where the network decides. */
function forwardCell({ reference, decides }: ListedModel): Cell {
  const { value, text } = workCell(reference.forward);
  return { value, text: `${decides ? "at most " : ""}${text}` };
}

/** A figure of models that generate kernels. */
function generated({ reference }: ListedModel, value: number): number | null {
  return reference.generatedKernels > 0 ? value : null;
}

function modelsTable(models: readonly ListedModel[]): ReportBlock {
  const batch = models[0]?.batch ?? 64;
  return tableOf<ListedModel>(
    "Models",
    models,
    [
      words("model", ({ name }) => textCell(name)),
      numbers("puppeteer MB", (model) => megabyteCell(model.megabytes.puppeteer || null, false)),
      numbers("stored parameters", ({ parameters }) => countCell(parameters.total)),
      numbers("stored MB", ({ megabytes }) => megabyteCell(megabytes.total, false)),
      numbers("paper MB", ({ paperMegabytes }) => megabyteCell(paperMegabytes, false)),
      numbers("per image", forwardCell),
      numbers("generation", (model) => {
        return workCell(generated(model, model.reference.dynamics + model.reference.resizing));
      }),
      numbers(`image + 1/${batch} generation`, (model) => {
        return workCell(generated(model, model.reference.amortized));
      }),
      numbers(`tool, batch ${batch}`, (model) => workCell(model.multiplyAddsOfTool)),
      words("adapts", adaptsCell),
      words("source", ({ source }) => textCell(source)),
    ],
    "Multiply-adds per image and per generation: our rule, weights times output positions, at the reference " +
      "complexity; kernels are generated once per complexity level. Tool: the rule of the paper's tool for a batch " +
      `of ${batch}; of a puppet it counts one generation only.`,
  );
}

/**
 * The list of models.
 *
 * @param models The models.
 * @returns One table.
 */
export function modelsPart(models: readonly ListedModel[]): ReportPart {
  return {
    title: "Models",
    subtitle: "",
    sections: [{ title: "Models", blocks: [modelsTable(models)] }],
  };
}

function detailFacts(model: ModelDetails): Fact[] {
  const { batch, parameters, paperMegabytes, multiplyAddsOfTool } = model;
  const generates = model.reference.generatedKernels > 0;
  return [
    fact("source", textCell(model.source)),
    fact("ground", textCell(model.ground)),
    fact("adapts", adaptsCell(model)),
    generates
      ? fact("parameters of the puppeteer", parametersCell(parameters.puppeteer))
      : fact("puppeteer", textCell("none")),
    fact("parameters stored", parametersCell(parameters.total)),
    paperMegabytes === null
      ? fact("paper", { value: null, text: "prints no size for these classes and channels" })
      : fact("paper", megabyteCell(paperMegabytes)),
    fact("multiply-adds per image", forwardCell(model), "our rule"),
    ...multiplyAddsOfTool === null ? [] : [
      fact(
        "paper's tool",
        workCell(multiplyAddsOfTool),
        `for a batch of ${batch}${generates ? ", one generation only" : ""}`,
      ),
    ],
  ];
}

function levelsTable({ levels, batch }: ModelDetails): ReportBlock {
  return tableOf("Levels", levels, [
    numbers("level", ({ level }) => countCell(level)),
    numbers("complexity", ({ complexity }) => decimalCell(complexity, 2)),
    numbers("kernels", ({ generatedKernels }) => countCell(generatedKernels)),
    numbers("evaluations", ({ evaluations }) => countCell(evaluations)),
    numbers("per image", ({ forward }) => workCell(forward)),
    numbers("dynamics", ({ dynamics }) => workCell(dynamics)),
    numbers("resizing", ({ resizing }) => workCell(resizing)),
    numbers(`image + 1/${batch} generation`, ({ amortized }) => workCell(amortized)),
  ]);
}

function layersBlock({ layers }: ModelDetails): ReportBlock {
  if (layers === null) {
    return { kind: "text", paragraphs: ["The model is more than a list of layers."] };
  }
  return tableOf("Layers", layers, [
    // Pools and joins have no name.
    numbers("place", (_, at) => countCell(at + 1)),
    words("layer", ({ name }) => ({ value: name, text: name })),
    words("kind", ({ kind }) => textCell(kind)),
    words("channels", ({ channels }) => ({ value: channels, text: channels })),
    words("output", ({ output }) => ({ value: output, text: output })),
    numbers(
      "weights",
      ({ weights }) => weights === 0 ? { value: 0, text: "" } : countCell(weights),
    ),
    words("kernels", ({ generated }) => ({ value: generated, text: generated ? "generated" : "" })),
  ]);
}

/**
 * One model in detail.
 *
 * @param model The model with its layers.
 * @returns Facts, levels, layers.
 */
export function modelPart(model: ModelDetails): ReportPart {
  return {
    title: model.name,
    subtitle: model.description,
    sections: [
      { title: "Model", blocks: [{ kind: "facts", facts: detailFacts(model) }] },
      ...model.reference.generatedKernels > 0
        ? [{ title: "Levels", blocks: [levelsTable(model)] }]
        : [],
      { title: "Layers", blocks: [layersBlock(model)] },
    ],
  };
}
