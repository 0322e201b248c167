import { flattenLayers } from "../../lib/architectures/layer.ts";
import type { Layer } from "../../lib/architectures/layer.ts";

/** Trainable numbers of layers, counted from their shapes alone. */
export function layerParameters(layers: readonly Layer[]): number {
  return flattenLayers(layers).reduce((total, layer) => {
    if (layer.kind === "linear") return total + layer.inputs * layer.outputs + layer.outputs;
    if (layer.kind !== "convolution") return total;
    const { kernelSize, inputChannels, outputChannels, depthwise, bias, norm } = layer;
    const kernel = kernelSize * kernelSize * (depthwise ? 1 : inputChannels) * outputChannels;
    return total + kernel + (bias ? outputChannels : 0) + (norm ? 2 * outputChannels : 0);
  }, 0);
}

/** What a network of layers does, in short: `64`, `64 /2`, `dw32`, `M`, `+[..]`, `|[..]`, `G`, `(512>10)`. */
export function layerText(layers: readonly Layer[]): string {
  return layers.map((layer): string => {
    switch (layer.kind) {
      case "convolution": {
        const size = layer.kernelSize === 3 ? "" : `${layer.kernelSize}x`;
        const stride = layer.stride === 1 ? "" : `/${layer.stride}`;
        return `${layer.depthwise ? "dw" : ""}${size}${layer.outputChannels}${stride}`;
      }
      case "max-pool":
        return `M${layer.size}/${layer.stride}`;
      case "global-average-pool":
        return "G";
      case "linear":
        return `(${layer.inputs}>${layer.outputs})`;
      case "residual":
        return `+[${layerText(layer.body)}; ${layerText(layer.shortcut)}]`;
      case "concatenation":
        return `|[${layer.branches.map(layerText).join("; ")}]`;
    }
  }).join(" ");
}
