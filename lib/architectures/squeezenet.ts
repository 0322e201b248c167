import { classifierHead, convolution } from "./layer.ts";
import type { Layer } from "./layer.ts";

/** Channels of squeeze and of each expansion; "M" is 3x3 max-pooling with stride 2. */
const FIRE = [
  ...["M", [16, 64], [16, 64]] as const,
  ...["M", [32, 128], [32, 128]] as const,
  ...["M", [48, 192], [48, 192], [64, 256], [64, 256]] as const,
];

/** Channels of the stem. */
const STEM = 64;

/** No norm, with bias, as in the original. */
const PLAIN = { bias: true, norm: false } as const;

/** A fire module: squeeze to few channels, expand by 1x1 and 3x3 side by side. */
function fire(
  name: string,
  shape: { readonly inputChannels: number; readonly squeeze: number; readonly expand: number },
): Layer[] {
  const { inputChannels, squeeze, expand } = shape;
  const expansion = (kernelSize: number) =>
    convolution(
      `${name}.expand${kernelSize}`,
      { kernelSize, inputChannels: squeeze, outputChannels: expand },
      PLAIN,
    );
  return [
    convolution(
      `${name}.squeeze`,
      { kernelSize: 1, inputChannels, outputChannels: squeeze },
      PLAIN,
    ),
    { kind: "concatenation", branches: [[expansion(1)], [expansion(3)]] },
  ];
}

/**
 * SqueezeNet 1.1 (Iandola et al. 2016) with a hidden layer of 512 in place of the convolutional classifier: 3.96 MB as
 * published. The stem has stride 1, which keeps small images whole.
 *
 * @param classes Number of classes.
 * @returns The layers in order: 990,282 parameters for ten classes.
 */
export function squeezenetArchitecture(classes: number): Layer[] {
  const layers: Layer[] = [
    convolution("stem", { kernelSize: 3, inputChannels: 3, outputChannels: STEM }, PLAIN),
  ];
  let inputChannels: number = STEM;
  let index = 0;
  for (const row of FIRE) {
    if (row === "M") {
      layers.push({ kind: "max-pool", size: 3, stride: 2 });
      continue;
    }
    index += 1;
    const [squeeze, expand] = row;
    layers.push(...fire(`fire${index}`, { inputChannels, squeeze, expand }));
    inputChannels = 2 * expand;
  }
  return [...layers, ...classifierHead([inputChannels, 512, classes])];
}
