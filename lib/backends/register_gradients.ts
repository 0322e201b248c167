let registered: Promise<void> | undefined;

/**
 * Makes TensorFlow.js able to differentiate. `tfjs-core` holds the operations only; their gradients come with the package
 * `tfjs`, whose 230 MB hold nothing else that is needed here. These are the gradients of what the models and their
 * training use; whoever differentiates something else imports `tfjs` beside, which adds the others.
 *
 * @returns when the gradients are registered; calling it again costs nothing.
 */
export function registerGradients(): Promise<void> {
  registered ??= register();
  return registered;
}

async function register(): Promise<void> {
  const tf = await import("@tensorflow/tfjs-core");
  const { ARRANGEMENT_GRADIENTS } = await import("./gradients/arrangement_gradients.ts");
  const { ELEMENTWISE_GRADIENTS } = await import("./gradients/elementwise_gradients.ts");
  const { LAYER_GRADIENTS } = await import("./gradients/layer_gradients.ts");
  const { LEAN_GRADIENTS } = await import("./gradients/lean_gradients.ts");
  const all = [ELEMENTWISE_GRADIENTS, ARRANGEMENT_GRADIENTS, LAYER_GRADIENTS, LEAN_GRADIENTS];
  for (const config of all.flat()) {
    if (tf.getGradient(config.kernelName) !== undefined) tf.unregisterGradient(config.kernelName);
    tf.registerGradient(config);
  }
}
