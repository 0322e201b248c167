let registered: Promise<void> | undefined;

/**
 * Makes TensorFlow.js able to differentiate. `tfjs-core` holds the operations only; their gradients (and the plain
 * JavaScript backend `cpu`) are registered by the package `tfjs`, and without them every training step fails with
 * "gradient function not found". Some are then replaced by faster ones.
 *
 * @returns when the gradients are registered; calling it again costs nothing.
 */
export function registerGradients(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  await import("@tensorflow/tfjs");
  const { registerLeanGradients } = await import("./lean_gradients.ts");
  registerLeanGradients();
}
