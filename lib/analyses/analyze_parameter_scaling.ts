import { convolutionsOf } from "../architectures/layer.ts";
import { withKernelSize } from "../architectures/with_kernel_size.ts";
import { countModel, countModelLayers } from "../models/count_model.ts";
import { parametersOfPuppeteer, workOfEvaluation } from "../puppet/count_puppeteer.ts";
import { levelsOfModel } from "../models/model_layers.ts";
import { ComplexityLevels } from "../puppeteer/complexity_levels.ts";
import { architectureFamilies } from "./architecture_families.ts";
import {
  PAPER_TABLE7_DECIMALS,
  PAPER_TABLE7_KERNEL_SIZE,
  PAPER_TABLE7_SOURCE,
  paperTable7,
} from "./paper_table7.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";
import type { ModelCount } from "../models/count_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { InitialStateKind } from "../puppeteer/initial_state.ts";
import type { ArchitectureFamily } from "./architecture_families.ts";
import type {
  BesidePaper,
  ChannelScaling,
  DepthScaling,
  FamilyScaling,
  ParameterScaling,
} from "./parameter_scaling.ts";

/** Every kind of initial state, the default first. */
const INITIAL_STATES: readonly InitialStateKind[] = ["seeded", "learned", "constant"];

/** What is counted. */
export interface ParameterScalingOptions {
  /** Columns of Table 7: values of C, multiples of 8; `null` leaves the table out. */
  readonly channels: readonly number[] | null;
  /** Families of Figure 4 by name; `null` leaves the figure out. */
  readonly families: readonly string[] | null;
  /** k of the k x k convolutions, odd. */
  readonly kernelSizes: readonly number[];
  /** Number of classes of the heads. */
  readonly classes: number;
  /** Size of the images that multiply-adds are of. */
  readonly image: MapSize;
}

/**
 * Puts a count beside a print.
 *
 * @param ours The count, not rounded.
 * @param paper The print, with two decimals; `null` where there is none.
 * @returns Both, and the difference at the precision of the print.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(besidePaper(1.079296, 1.08), { ours: 1.079296, paper: 1.08, difference: 0 });
 * assert.equal(besidePaper(1.0996, 1.08).difference, 0.02);
 * ```
 */
export function besidePaper(ours: number, paper: number | null): BesidePaper {
  if (paper === null) return { ours, paper, difference: null };
  // Rounded once more: 1.1 - 1.08 is not 0.02 in binary.
  const difference = Number((Number(ours.toFixed(PAPER_TABLE7_DECIMALS)) - paper).toFixed(6));
  return { ours, paper, difference };
}

/** A count for every kind of initial state. */
async function byInitialState(
  count: (initialState: InitialStateKind) => ModelCount | Promise<ModelCount>,
): Promise<Record<InitialStateKind, number>> {
  const entries: [InitialStateKind, number][] = [];
  for (const kind of INITIAL_STATES) entries.push([kind, (await count(kind)).parameters.total]);
  return Object.fromEntries(entries) as Record<InitialStateKind, number>;
}

async function countChannels(
  config: ModelConfig,
  options: ParameterScalingOptions,
): Promise<ChannelScaling> {
  const { maxChannels, kernelSize } = config;
  const learned = parametersOfPuppeteer({ ...config, initialState: "learned" });
  const total = learned.dynamics + learned.initialState;
  const print = kernelSize === PAPER_TABLE7_KERNEL_SIZE
    ? paperTable7.find(({ channels }) => channels === maxChannels)
    : undefined;
  const { reference, megabytes } = await countModel(config, options);
  return {
    channels: maxChannels,
    kernelSize,
    dynamicsParameters: learned.dynamics,
    initialStateParameters: learned.initialState,
    totalMillions: besidePaper(total / 1e6, print?.totalMillions ?? null),
    megabytes: besidePaper(megabytes.puppeteer, print?.megabytes ?? null),
    stored: await byInitialState((initialState) =>
      countModel({ ...config, initialState }, options)
    ),
    multiplyAddsPerImage: reference.forward,
    multiplyAddsPerEvaluation: workOfEvaluation(config).multiplyAdds,
    multiplyAddsPerGeneration: reference.dynamics + reference.resizing,
  };
}

/** Counts a list of layers that does not look at complexity. */
function countFixedDepth(
  config: Omit<ModelConfig, "name"> & { readonly name: string },
  layers: Layer[],
  options: {
    readonly image: MapSize;
    readonly isGenerated: ((layer: ConvolutionLayer) => boolean) | null;
  },
): ModelCount {
  const { image, isGenerated } = options;
  const adaptation = { depthAdaptation: false, parameterAdaptation: false };
  const levels = new ComplexityLevels({ ...config, ...adaptation });
  const model = { levels, reference: 0, layersOf: () => layers, isGenerated };
  return countModelLayers(config, { model, image });
}

async function countMember(
  config: ModelConfig,
  member: { readonly family: ArchitectureFamily; readonly depth: number },
  options: ParameterScalingOptions,
): Promise<DepthScaling> {
  const { family, depth } = member;
  const { classes, image } = options;
  const { kernelSize } = config;
  const named = { ...config, name: `${family.title}-${depth}` };
  const fixedLayers = withKernelSize(family.fixed(depth, classes), kernelSize);
  const puppetLayers = withKernelSize(family.puppet(depth, classes), kernelSize);
  const { isGenerated } = family;
  const fixed = countFixedDepth(named, fixedLayers, { image, isGenerated: null });
  const puppetOf = (initialState: InitialStateKind) =>
    countFixedDepth({ ...named, initialState }, puppetLayers, { image, isGenerated });
  const puppet = puppetOf("seeded");
  const { forward, generatedKernels, dynamics, resizing } = puppet.reference;
  return {
    name: named.name,
    depth,
    kernelSize,
    convolutions: convolutionsOf(fixedLayers).length,
    generatedKernels,
    fixedParameters: fixed.parameters.total,
    puppeteerParameters: puppet.parameters.puppeteer,
    puppetParameters: await byInitialState(puppetOf),
    ratio: fixed.parameters.total / puppet.parameters.total,
    fixedMultiplyAdds: fixed.reference.forward,
    puppetMultiplyAdds: forward,
    multiplyAddsPerGeneration: dynamics + resizing,
  };
}

async function countFamily(
  name: string,
  config: ModelConfig,
  options: ParameterScalingOptions,
): Promise<FamilyScaling> {
  const family = architectureFamilies.find((known) => known.name === name);
  if (family === undefined) {
    const names = architectureFamilies.map((known) => known.name).join(", ");
    throw new RangeError(`Cannot count family "${name}": name must be one of ${names}`);
  }
  const members: DepthScaling[] = [];
  for (const kernelSize of options.kernelSizes) {
    for (const depth of family.depths) {
      members.push(await countMember({ ...config, kernelSize }, { family, depth }, options));
    }
  }
  return { family: family.name, title: family.title, members };
}

async function countTable7(
  config: ModelConfig,
  channels: readonly number[],
  options: ParameterScalingOptions,
): Promise<ParameterScaling["table7"]> {
  const rows: ChannelScaling[] = [];
  for (const kernelSize of options.kernelSizes) {
    for (const maxChannels of channels) {
      rows.push(await countChannels({ ...config, kernelSize, maxChannels }, options));
    }
  }
  const levels = levelsOfModel(config);
  const { depth } = levels.list[levels.levelOf(config.referenceComplexity)]!;
  return { source: PAPER_TABLE7_SOURCE, depth, rows };
}

/**
 * Counts how parameters and work grow with the width of the puppeteer (Table 7 of the paper) and with the depth of the
 * puppet (Figure 4). Everything is counted from the layers; the paper's prints only stand beside.
 *
 * @param config The puppeteer: `maxChannels` is C of Figure 4; its kernel size and initial state are replaced by those asked for.
 * @param options What is counted.
 * @returns The document.
 * @throws {RangeError} if a value is out of range, a family unknown, or the image too small for the poolings.
 */
export async function analyzeParameterScaling(
  config: ModelConfig,
  options: ParameterScalingOptions,
): Promise<ParameterScaling> {
  const puppet = { ...config, name: "puppet-cnn" as const };
  const { classes, image, channels } = options;
  const families: FamilyScaling[] = [];
  for (const name of options.families ?? []) {
    families.push(await countFamily(name, puppet, options));
  }
  return {
    kind: "parameter-scaling",
    version: 1,
    classes,
    image: { height: image.height, width: image.width },
    table7: channels === null ? null : await countTable7(puppet, channels, options),
    figure4: options.families === null ? null : {
      source: "Puppet-CNN (ECCV 2026), Figure 4: a drawing without printed numbers",
      channels: config.maxChannels,
      families,
    },
  };
}
