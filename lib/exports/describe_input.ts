import type { BakedModel } from "./baked_model.ts";

/** What a form takes: TensorFlow has channels last; weights alone leave the standardization to whoever runs them. */
const PIXELS = {
  onnx: "NCHW, float32, pixel values 0..255 (standardised inside)",
  tfjs: "NHWC, float32, pixel values 0..255 (standardised inside)",
  safetensors: "NCHW, float32, pixel values 0..255 to be standardised: / 255, - mean, / deviation",
} as const;

/**
 * Says what a written model takes, for people.
 *
 * @param model What the networks have in common.
 * @param format The form that it is written in.
 * @returns One sentence.
 */
export function describeInput(
  model: Pick<BakedModel, "image">,
  format: keyof typeof PIXELS,
): string {
  const { height, width } = model.image;
  return `RGB images, ${PIXELS[format]}, ${height} x ${width} pixels`;
}
