import type { BakedModel } from "./baked_model.ts";

/**
 * Says what a written model takes, for people.
 *
 * @param model What the networks have in common.
 * @param layout Order of the axes: batch, channels, height, width in ONNX and PyTorch; channels last in TensorFlow.
 * @returns One sentence.
 */
export function describeInput(model: Pick<BakedModel, "image">, layout: "NCHW" | "NHWC"): string {
  const { height, width } = model.image;
  return `RGB images, ${layout}, float32, pixel values 0..255 (standardised inside), ${height} x ${width} pixels`;
}
