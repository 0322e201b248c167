import { resnetArchitecture, resnetVariants } from "../architectures/resnet.ts";
import { vggArchitecture, vggVariants } from "../architectures/vgg.ts";
import { isBehindStem, withPuppetHead } from "../models/model_registry.ts";
import type { ConvolutionLayer, Layer } from "../architectures/layer.ts";

/** One architecture at several depths. */
export interface ArchitectureFamily {
  /** How the command line spells it. */
  readonly name: string;
  /** How it is written. */
  readonly title: string;
  /** Depths, as the networks' names count them. */
  readonly depths: readonly number[];
  /** The layers with stored kernels. */
  readonly fixed: (depth: number, classes: number) => Layer[];
  /** The layers with generated kernels, with the head that the puppet has. */
  readonly puppet: (depth: number, classes: number) => Layer[];
  /** Which kernels of the puppet are generated. */
  readonly isGenerated: (layer: ConvolutionLayer) => boolean;
}

function vggOf(depth: number, classes: number): Layer[] {
  return vggArchitecture(classes, vggVariants.get(depth)!);
}

function resnetOf(depth: number, classes: number): Layer[] {
  return resnetArchitecture(classes, resnetVariants.get(depth)!);
}

/** The families of the paper's Figure 4, in the forms that its Puppet-VGG and Puppet-ResNet have in the registry. */
export const architectureFamilies: readonly ArchitectureFamily[] = [
  {
    name: "vgg",
    title: "VGG",
    depths: [...vggVariants.keys()],
    fixed: vggOf,
    puppet: (depth, classes) => withPuppetHead((count) => vggOf(depth, count))(classes),
    isGenerated: () => true,
  },
  {
    name: "resnet",
    title: "ResNet",
    depths: [...resnetVariants.keys()],
    fixed: resnetOf,
    puppet: resnetOf,
    isGenerated: isBehindStem,
  },
];
