import { alexnetArchitecture } from "../architectures/alexnet.ts";
import { classifierHead, convolutionsOf, splitAtHead } from "../architectures/layer.ts";
import { mobilenetV1Architecture } from "../architectures/mobilenet_v1.ts";
import { mobilenetV2Architecture } from "../architectures/mobilenet_v2.ts";
import { resnetArchitecture } from "../architectures/resnet.ts";
import { squeezenetArchitecture } from "../architectures/squeezenet.ts";
import { vggArchitecture } from "../architectures/vgg.ts";
import { modelNames } from "./model_names.ts";
import type { ModelName } from "./model_names.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";

/** What is said of a model, however it is made. */
export interface EntryBase {
  /** What `--model` takes. */
  readonly name: ModelName;
  /** One line: what the model is. */
  readonly description: string;
  /** Where the model comes from. */
  readonly source: string;
  /** Sizes printed by the paper in MB (Tables 1 to 6), by the number of classes that they are printed for. */
  readonly paperMegabytes: Readonly<Partial<Record<number, number>>>;
  /** How our form relates to the paper's: exact, or what is open. */
  readonly ground: string;
  /** What follows the complexity of the image. */
  readonly adapts: { readonly depth: boolean; readonly parameters: boolean };
}

/** The plain backbone of any depth, with generated or stored kernels. */
export interface PlainEntry extends EntryBase {
  /** Tells the kinds of entry apart. */
  readonly kind: "plain";
  /** Whether the kernels are generated. */
  readonly generates: boolean;
}

/** A fixed list of layers. */
export interface LayersEntry extends EntryBase {
  /** Tells the kinds of entry apart. */
  readonly kind: "layers";
  /** The layers for a number of classes. */
  readonly architecture: (classes: number) => Layer[];
  /** Which kernels are generated; `null` stores them all. */
  readonly isGenerated: ((layer: ConvolutionLayer) => boolean) | null;
}

/** A model with a class of its own in `lib/baselines`. */
export interface CustomEntry extends EntryBase {
  /** What `--model` takes. */
  readonly name: "dfn" | "weightnet" | "ddfn-sw" | "branchynet" | "skipnet" | "drnn";
  /** Tells the kinds of entry apart. */
  readonly kind: "custom";
  /** Convolutions of an image's longest way through the network, shortcuts included. */
  readonly depth: number;
  /** Whether it decides which of its parts an image runs through, so that there is no one list of layers. */
  readonly decides: boolean;
  /** The layers that it is built on, whose poolings set a limit to small images; `null` without poolings. */
  readonly backbone: ((classes: number) => Layer[]) | null;
}

/** A model of the toolkit. */
export type ModelEntry = PlainEntry | LayersEntry | CustomEntry;

const FIXED = { depth: false, parameters: false } as const;

/** A template with generated kernels keeps its layers: only its initial state can follow the image. */
const TEMPLATE = { depth: false, parameters: true } as const;

/** The paper's templates keep the convolutions and take the head of Puppet-CNN: global pooling, one linear layer. */
export function withPuppetHead(
  architecture: (classes: number) => Layer[],
): (classes: number) => Layer[] {
  return (classes) => {
    const { body } = splitAtHead(architecture(classes));
    const channels = convolutionsOf(body).at(-1)!.outputChannels;
    return [...body, ...classifierHead([channels, classes])];
  };
}

/** Puppet-ResNet stores its stem: 19 kernels are generated, which gives Table 5's 23.44 G. */
export function isBehindStem(layer: ConvolutionLayer): boolean {
  return !layer.name.startsWith("stem");
}

const PUPPET_PAPER = "Puppet-CNN (ECCV 2026)";

const ENTRIES: readonly ModelEntry[] = [
  {
    name: "puppet-cnn",
    kind: "plain",
    generates: true,
    description: "plain backbone, kernels and depth generated for the image",
    source: PUPPET_PAPER,
    paperMegabytes: { 10: 1.08, 100: 1.08 },
    ground: "puppeteer exact (Table 7); backbone widths and head ours",
    adapts: { depth: true, parameters: true },
  },
  {
    name: "fixed-cnn",
    kind: "plain",
    generates: false,
    description: "the plain backbone with stored kernels",
    source: "this toolkit, for comparison",
    paperMegabytes: {},
    ground: "not in the paper",
    adapts: FIXED,
  },
  {
    name: "puppet-alexnet",
    kind: "layers",
    architecture: withPuppetHead(alexnetArchitecture),
    isGenerated: () => true,
    description: "AlexNet with five generated kernels",
    source: `${PUPPET_PAPER}, Table 2`,
    paperMegabytes: { 10: 1.08 },
    ground:
      "puppeteer exact; which kernels are generated is open; size of kernels without a norm ours",
    adapts: TEMPLATE,
  },
  {
    name: "puppet-vgg",
    kind: "layers",
    architecture: withPuppetHead(vggArchitecture),
    isGenerated: () => true,
    description: "VGG-11 with eight generated kernels",
    source: `${PUPPET_PAPER}, Table 2`,
    paperMegabytes: { 10: 1.08 },
    ground: "puppeteer exact; which kernels are generated is open",
    adapts: TEMPLATE,
  },
  {
    name: "puppet-resnet",
    kind: "layers",
    architecture: resnetArchitecture,
    isGenerated: isBehindStem,
    description: "ResNet-18 with 19 generated kernels and a stored stem",
    source: `${PUPPET_PAPER}, Tables 2 and 5`,
    paperMegabytes: { 10: 1.08 },
    ground:
      "puppeteer and multiply-adds exact (Table 5); size of the shortcuts' kernels, without a norm, ours",
    adapts: TEMPLATE,
  },
  {
    name: "alexnet",
    kind: "layers",
    architecture: alexnetArchitecture,
    isGenerated: null,
    description: "AlexNet for small images",
    source: "Krizhevsky et al. 2012",
    paperMegabytes: { 10: 11.65, 100: 11.84 },
    ground: "exact for 10 and 100 classes; other channel lists fit too",
    adapts: FIXED,
  },
  {
    name: "vgg",
    kind: "layers",
    architecture: vggArchitecture,
    isGenerated: null,
    description: "VGG-11 with batch norm",
    source: "Simonyan and Zisserman 2015",
    paperMegabytes: { 10: 39.01, 100: 39.2 },
    ground: "exact for 10 and 100 classes",
    adapts: FIXED,
  },
  {
    name: "resnet",
    kind: "layers",
    architecture: resnetArchitecture,
    isGenerated: null,
    description: "ResNet-18 with a stem for small images",
    source: "He et al. 2016",
    paperMegabytes: { 10: 44.84, 100: 45.02 },
    ground: "exact for 10 and 100 classes, and in multiply-adds",
    adapts: FIXED,
  },
  {
    name: "mobilenet-v1",
    kind: "layers",
    architecture: mobilenetV1Architecture,
    isGenerated: null,
    description: "MobileNet v1 of at most 512 channels",
    source: "Howard et al. 2017",
    paperMegabytes: { 10: 7.52 },
    ground: "exact size; strides ours",
    adapts: FIXED,
  },
  {
    name: "mobilenet-v2",
    kind: "layers",
    architecture: mobilenetV2Architecture,
    isGenerated: null,
    description: "MobileNet v2 of at most 512 channels at its end",
    source: "Sandler et al. 2018",
    paperMegabytes: { 10: 8.9 },
    ground: "0.9 % above the print; strides ours",
    adapts: FIXED,
  },
  {
    name: "squeezenet",
    kind: "layers",
    architecture: squeezenetArchitecture,
    isGenerated: null,
    description: "SqueezeNet 1.1 with a hidden layer",
    source: "Iandola et al. 2016",
    paperMegabytes: { 10: 3.96 },
    ground: "exact size; stride of the stem ours",
    adapts: FIXED,
  },
  {
    name: "dfn",
    kind: "custom",
    depth: 8,
    decides: false,
    backbone: vggArchitecture,
    description: "dynamic filter network: VGG-11, every kernel generated for the image",
    source: "Jia, De Brabandere, Tuytelaars and Van Gool 2016",
    paperMegabytes: { 10: 75.89 },
    ground: "exact size; form of the generators probable, scale of their input ours",
    adapts: { depth: false, parameters: false },
  },
  {
    name: "weightnet",
    kind: "custom",
    depth: 21,
    decides: false,
    backbone: resnetArchitecture,
    description: "WeightNet: ResNet-18, kernels of its blocks generated for the image",
    source: "Ma, Zhang, Huang and Sun 2020",
    paperMegabytes: { 10: 45.87 },
    ground: "exact, with the constants of the original",
    adapts: { depth: false, parameters: false },
  },
  {
    name: "ddfn-sw",
    kind: "custom",
    depth: 5,
    decides: false,
    backbone: alexnetArchitecture,
    description:
      "decoupled dynamic filters, sample-wise: AlexNet, every kernel generated for the image",
    source: "Zhou, Jampani, Pi, Liu and Yang 2021",
    paperMegabytes: { 10: 300.83 },
    ground: "size-matched interpretation",
    adapts: { depth: false, parameters: false },
  },
  {
    name: "branchynet",
    kind: "custom",
    depth: 5,
    decides: true,
    backbone: alexnetArchitecture,
    description: "AlexNet with two side exits for images that are certain early",
    source: "Teerapittayanon et al. 2016",
    paperMegabytes: { 10: 27.69 },
    ground:
      "exact size; place and form of the exits found by it, loss weights and threshold rule ours",
    adapts: { depth: false, parameters: false },
  },
  {
    name: "skipnet",
    kind: "custom",
    depth: 21,
    decides: true,
    backbone: resnetArchitecture,
    description: "ResNet-18 whose blocks are skipped image by image",
    source: "Wang et al. 2018",
    paperMegabytes: { 10: 68.88 },
    ground: "1.5 % above the print; form of the gates closest to it, penalty and start ours",
    adapts: { depth: false, parameters: false },
  },
  {
    name: "drnn",
    kind: "custom",
    depth: 27,
    decides: true,
    backbone: null,
    description: "one residual block per stage, passed up to four times image by image",
    source: "Guo et al. 2019",
    paperMegabytes: { 10: 45.78 },
    ground: "exact size; nearly all of the form found by it",
    adapts: { depth: false, parameters: false },
  },
];

/**
 * Finds a model.
 *
 * @param name Name of the model.
 * @returns What is known of it.
 * @throws {RangeError} if there is no model of that name.
 */
export function modelEntry(name: string): ModelEntry {
  const entry = ENTRIES.find((other) => other.name === name);
  if (entry === undefined) {
    throw new RangeError(
      `Cannot find model "${name}": name must be one of ${modelNames.join(", ")}`,
    );
  }
  return entry;
}
