/**
 * Makes TensorFlow.js able to differentiate. `tfjs-core` holds the operations only; their gradients (and the plain
 * JavaScript backend `cpu`) are registered by the package `tfjs`, and without them every training step fails with
 * "gradient function not found".
 *
 * @returns when the gradients are registered; calling it again costs nothing.
 */
export async function registerGradients(): Promise<void> {
  await import("@tensorflow/tfjs");
}
