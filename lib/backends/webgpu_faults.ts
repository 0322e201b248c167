import * as tf from "@tensorflow/tfjs-core";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { BackendError } from "../errors.ts";

/** Everything that a device may refuse. */
const FAULTS: readonly GPUErrorFilter[] = ["validation", "out-of-memory", "internal"];

/**
 * TensorFlow.js's WebGPU backend, but numbers are never read after the device has refused work. A device drops what it
 * refuses and goes on; what is read then are the bytes of something else.
 */
export class CheckedWebGPUBackend extends WebGPUBackend {
  #refusal: string | undefined;

  /**
   * @param device Device to work on.
   * @param info What its adapter is.
   */
  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.#watch();
  }

  #watch(): void {
    for (const fault of FAULTS) this.device.pushErrorScope(fault);
  }

  /**
   * Numbers of a tensor.
   *
   * @param dataId The tensor's data.
   * @throws {BackendError} if the device has refused something since it was started.
   */
  override async read(dataId: tf.DataId): Promise<tf.backend_util.BackendValues> {
    // What is left to compute is handed to the device before the first wait, so that the faults are of all of it.
    const reading = super.read(dataId);
    const faults = FAULTS.map(() => this.device.popErrorScope());
    this.#watch();
    // What was refused is the reason where the read fails too.
    reading.catch(() => {});
    const found = await Promise.all(faults);
    this.#refusal ??= found.find((fault) => fault !== null)?.message;
    if (this.#refusal !== undefined) {
      throw new BackendError(
        `Cannot compute on backend "webgpu": the device refused an operation, and the numbers since are wrong ` +
          `(${this.#refusal.trim()}); use backend wasm (--backend)`,
      );
    }
    return await reading;
  }
}

/**
 * Lets tensors be added in groups. TensorFlow.js's kernel binds all summands and the sum at once, and a device has only
 * so many buffers for a program: of eight tensors and more the sum would be refused on most.
 *
 * @param mostBuffers Storage buffers that the device gives a program.
 */
export function addInGroups(mostBuffers: number): void {
  const whole = tf.getKernel("AddN", "webgpu").kernelFunc;
  tf.unregisterKernel("AddN", "webgpu");
  tf.registerKernel({
    kernelName: "AddN",
    backendName: "webgpu",
    kernelFunc: (args) => {
      const backend = args.backend as WebGPUBackend;
      const summands = [...args.inputs as unknown as tf.TensorInfo[]];
      let sum = whole({ ...args, inputs: take() }) as tf.TensorInfo;
      while (summands.length > 0) {
        const before = sum;
        sum = whole({ ...args, inputs: take(before) }) as tf.TensorInfo;
        backend.disposeData(before.dataId);
      }
      return sum;

      /** The next summands that one program takes beside those given. */
      function take(...given: tf.TensorInfo[]): tf.NamedTensorInfoMap {
        const taken = [...given, ...summands.splice(0, mostBuffers - 1 - given.length)];
        return taken as unknown as tf.NamedTensorInfoMap;
      }
    },
  });
}
