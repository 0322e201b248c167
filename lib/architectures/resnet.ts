import { classifierHead, convolution } from "./layer.ts";
import type { Layer, ResidualLayer } from "./layer.ts";

/** Channels of the four stages. */
const STAGES = [64, 128, 256, 512] as const;

/**
 * Basic blocks of every stage by the depth that names the network (stem and head count as one layer each): 18 and 34 are
 * those of He et al. 2016 (their Table 1); 10 and 26 are the even ladder below and between, in common use.
 */
export const resnetVariants: ReadonlyMap<number, readonly number[]> = new Map([
  [10, [1, 1, 1, 1]],
  [18, [2, 2, 2, 2]],
  [26, [3, 3, 3, 3]],
  [34, [3, 4, 6, 3]],
]);

/** Where nothing else is said. */
const RESNET_18 = resnetVariants.get(18)!;

/**
 * A basic block: two 3x3 convolutions beside a shortcut, which is a 1x1 convolution without norm where the shape
 * changes (the form that makes the published size exact).
 */
export function basicBlock(
  name: string,
  shape: {
    readonly inputChannels: number;
    readonly outputChannels: number;
    readonly stride: number;
  },
): ResidualLayer {
  const { inputChannels, outputChannels, stride } = shape;
  const inner = { kernelSize: 3, inputChannels: outputChannels, outputChannels };
  const changesShape = stride !== 1 || inputChannels !== outputChannels;
  return {
    kind: "residual",
    body: [
      convolution(`${name}.conv1`, { kernelSize: 3, inputChannels, outputChannels }, { stride }),
      convolution(`${name}.conv2`, inner, { activation: "none" }),
    ],
    shortcut: changesShape
      ? [
        convolution(`${name}.shortcut`, { kernelSize: 1, inputChannels, outputChannels }, {
          stride,
          norm: false,
          activation: "none",
        }),
      ]
      : [],
    activation: "relu",
  };
}

/** Two 3x3 convolutions with bias and norm, then 2x2 max-pooling. */
function resnetStem(): Layer[] {
  return [
    convolution("stem1", { kernelSize: 3, inputChannels: 3, outputChannels: 64 }, { bias: true }),
    convolution("stem2", { kernelSize: 3, inputChannels: 64, outputChannels: 64 }, { bias: true }),
    { kind: "max-pool", size: 2, stride: 2 },
  ];
}

/** The blocks of a ResNet, `stage1.block1` and on; stages 2 to 4 start with stride 2. */
function resnetBlocks(blocks: readonly number[] = RESNET_18): ResidualLayer[] {
  const layers: ResidualLayer[] = [];
  let inputChannels: number = STAGES[0];
  blocks.forEach((count, stage) => {
    const outputChannels = STAGES[stage]!;
    for (let block = 0; block < count; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const name = `stage${stage + 1}.block${block + 1}`;
      layers.push(basicBlock(name, { inputChannels, outputChannels, stride }));
      inputChannels = outputChannels;
    }
  });
  return layers;
}

/**
 * ResNet-18 for small images (He et al. 2016) with a stem of two 3x3 convolutions: 44.84 MB and 45.02 MB for 100
 * classes as published, and the published 11.40 G multiply-adds for a batch of 64.
 *
 * @param classes Number of classes.
 * @param blocks Basic blocks of every stage, for other depths: a row of `resnetVariants`.
 * @returns The layers in order: 11,209,290 parameters for ten classes.
 */
export function resnetArchitecture(
  classes: number,
  blocks: readonly number[] = RESNET_18,
): Layer[] {
  return [...resnetStem(), ...resnetBlocks(blocks), ...classifierHead([STAGES[3], classes])];
}
