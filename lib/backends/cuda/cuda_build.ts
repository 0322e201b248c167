/** What a build of libtensorflow with CUDA needs of the machine. */
export interface CudaBuild {
  /** Version of libtensorflow. */
  readonly tensorflow: string;
  /** CUDA that it was built with; later versions with the same first number do. */
  readonly cuda: string;
  /** cuDNN, likewise. */
  readonly cudnn: string;
  /** Oldest driver for Linux that serves this CUDA (NVIDIA's rule of minor-version compatibility). */
  readonly driver: string;
  /** Smallest compute capability that the build has code for. */
  readonly capability: string;
  /** First compute capability that the build's CUDA libraries do not know; `null` if none is known. */
  readonly tooNewCapability: string | null;
  /** Libraries without which TensorFlow registers no GPU, in an order in which each finds those before it. */
  readonly libraries: readonly string[];
  /** Libraries that are loaded with them where they lie beside them. */
  readonly extras: readonly string[];
}

/** The builds that `install-native` can install, by where they come from. */
export const CUDA_BUILDS: Readonly<Record<"prebuilt" | "wheel", CudaBuild>> = {
  // tfjs-node-gpu's own binaries. cuBLAS 11.2 came before Ada (8.9) and Hopper (9.0).
  prebuilt: {
    tensorflow: "2.9.1",
    cuda: "11.2",
    cudnn: "8.1",
    driver: "450.80.02",
    capability: "3.5",
    tooNewCapability: "8.9",
    libraries: [
      ...["libcudart.so.11.0", "libcublasLt.so.11", "libcublas.so.11", "libcufft.so.10"],
      ...["libcurand.so.10", "libcusparse.so.11", "libcusolver.so.11", "libcudnn.so.8"],
    ],
    extras: [],
  },
  // The wheel `tensorflow` and the NVIDIA wheels that it names under its extra `and-cuda`.
  wheel: {
    tensorflow: "2.21.0",
    cuda: "12.5",
    cudnn: "9.3",
    driver: "525.60.13",
    capability: "6.0",
    tooNewCapability: null,
    libraries: [
      ...["libcudart.so.12", "libnvJitLink.so.12", "libcublasLt.so.12", "libcublas.so.12"],
      ...["libcufft.so.11", "libcurand.so.10", "libcusparse.so.12", "libcusolver.so.11"],
      "libcudnn.so.9",
    ],
    extras: ["libnvrtc.so.12", "libcupti.so.12", "libnccl.so.2"],
  },
};

/**
 * Compares versions number by number.
 *
 * @returns Below 0 if the left one is older, 0 if both are the same, above 0 if it is newer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.ok(compareVersions("470.57.02", "525.60.13") < 0);
 * assert.ok(compareVersions("10.0", "9.3") > 0);
 * assert.equal(compareVersions("12.5", "12.5.0"), 0);
 * ```
 */
export function compareVersions(left: string, right: string): number {
  const [first, second] = [left, right].map((text) => text.split(".").map(Number));
  for (let part = 0; part < Math.max(first!.length, second!.length); part++) {
    const difference = (first![part] ?? 0) - (second![part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
