import type { ActiveBackend, Backend, BackendProbe } from "./backend.ts";
import { registerGradients } from "./register_gradients.ts";

/** TensorFlow.js's reference in plain JavaScript: complete, exact and slow. It exists for tests. */
export const cpuBackend: Backend = {
  name: "cpu",
  probe: (): Promise<BackendProbe> =>
    Promise.resolve({ name: "cpu", available: true, detail: "Plain JavaScript, for tests" }),
  activate: activateCpu,
};

async function activateCpu(): Promise<ActiveBackend> {
  const tf = await import("@tensorflow/tfjs-core");
  await registerGradients();
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  // Otherwise its first tensor prints an advertisement; who chose this backend knows that it is slow.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  return {
    name: "cpu",
    description: "JavaScript, CPU",
    versions: { "@tensorflow/tfjs-core": tf.version_core },
    device: "cpu",
    passedOver: [],
  };
}
