/** Version of the TensorFlow wheels; the binding's C interface is stable, but only this one was tested. */
export const TENSORFLOW_VERSION = "2.21.0";

/** A wheel of the Python package index and what is in it for us. */
export interface WheelChoice {
  /** Name of the project: `tensorflow-cpu` has no CUDA in it. */
  readonly project: "tensorflow" | "tensorflow-cpu";
  readonly device: "cpu" | "gpu";
  /** Platform tags, any of which will do. */
  readonly platformTags: readonly string[];
  /** File names of the two libraries inside the wheel's folder `tensorflow`. */
  readonly libraries: readonly [core: string, framework: string];
}

/**
 * The wheels' Python files are not used, so any Python's wheel will do. Asking for one fixed version
 * whichever Python is installed leaves one file, and so one digest, per platform.
 */
export const WHEEL_PYTHON = { version: "3.11", abi: "cp311" } as const;

const LINUX_LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;
const MAC_LIBRARIES = ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"] as const;

const WHEELS: Readonly<Record<string, WheelChoice>> = {
  "linux-x86_64-cpu": {
    project: "tensorflow-cpu",
    device: "cpu",
    platformTags: ["manylinux_2_27_x86_64"],
    libraries: LINUX_LIBRARIES,
  },
  "linux-x86_64-gpu": {
    project: "tensorflow",
    device: "gpu",
    platformTags: ["manylinux_2_27_x86_64"],
    libraries: LINUX_LIBRARIES,
  },
  "linux-aarch64-cpu": {
    project: "tensorflow-cpu",
    device: "cpu",
    platformTags: ["manylinux_2_27_aarch64"],
    libraries: LINUX_LIBRARIES,
  },
  "darwin-aarch64-cpu": {
    project: "tensorflow",
    device: "cpu",
    platformTags: ["macosx_12_0_arm64"],
    libraries: MAC_LIBRARIES,
  },
};

/**
 * The wheel for a platform.
 *
 * @param platform - as `nativePlatform()` gives it.
 * @param device - `gpu` for the build with CUDA.
 * @returns the wheel, or `null` where TensorFlow publishes none that can be linked to.
 */
export function chooseWheel(platform: string, device: "cpu" | "gpu"): WheelChoice | null {
  return WHEELS[`${platform}-${device}`] ?? null;
}

/**
 * File name of a wheel, as pip leaves it.
 *
 * @param wheel - the wheel.
 * @returns the name under which its digest is pinned.
 */
export function wheelFileName({ project, platformTags }: WheelChoice): string {
  const { abi } = WHEEL_PYTHON;
  return `${project.replaceAll("-", "_")}-${TENSORFLOW_VERSION}-${abi}-${abi}-${
    platformTags[0]
  }.whl`;
}
