import type { NativeManifest } from "../native_cache.ts";
import type { CudaAnswer } from "./ask_cuda_driver.ts";
import { compareVersions, CUDA_BUILDS } from "./cuda_build.ts";
import type { MissingLibrary } from "./preload_cuda.ts";
import type { NvidiaGpu } from "./read_nvidia_gpu.ts";

/** Why TensorFlow computes on the CPU of a machine that has an NVIDIA GPU. */
export interface UnusedGpu {
  /** Name of the GPU, or `NVIDIA GPU`. */
  readonly gpu: string;
  /** Why it is not used. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Whether the user wants it so: the GPU is hidden, or TensorFlow's CPU build was installed. */
  readonly chosen: boolean;
}

/** What was found out about a machine on which TensorFlow sees no GPU. */
export interface GpuFacts {
  /** GPU and driver; `null` where there is none. */
  readonly gpu: NvidiaGpu | null;
  /** What the CUDA driver says; `null` if it was not asked. */
  readonly cuda: CudaAnswer | null;
  /** The library that is installed. */
  readonly manifest: Pick<NativeManifest, "device" | "source" | "tensorflow">;
  /** CUDA libraries that cannot be loaded. */
  readonly missing: readonly MissingLibrary[];
  /** `CUDA_VISIBLE_DEVICES`. */
  readonly visibleDevices: string | undefined;
}

const INSTALL_GPU = 'run "deno task install-native --force --device gpu"';

type Explanation = Omit<UnusedGpu, "gpu">;

/**
 * Finds the first thing that keeps TensorFlow from the GPU.
 *
 * @param facts What was found out.
 * @returns Reason and remedy; `null` where the machine has no NVIDIA GPU.
 */
export function explainUnusedGpu(facts: GpuFacts): UnusedGpu | null {
  const { gpu } = facts;
  if (gpu === null) return null;
  const found = explainHidden(facts) ?? explainDriver(facts, gpu) ?? explainBuild(facts) ??
    explainCudaDriver(facts) ?? explainLibraries(facts) ?? {
    reason: "TensorFlow registered no GPU and gave no reason",
    remedy: "set TF_CPP_MIN_LOG_LEVEL=0 and read what it writes while it starts",
    chosen: false,
  };
  return { gpu: gpu.names[0] ?? "NVIDIA GPU", ...found };
}

/** A list that starts with -1, or with nothing, hides every GPU. */
function explainHidden({ visibleDevices }: GpuFacts): Explanation | null {
  const first = visibleDevices?.split(",")[0]?.trim();
  if (first === undefined || (first !== "" && first !== "-1")) return null;
  return {
    reason: `CUDA_VISIBLE_DEVICES="${visibleDevices}" hides it`,
    remedy: "unset CUDA_VISIBLE_DEVICES to use it",
    chosen: true,
  };
}

function explainDriver(facts: GpuFacts, gpu: NvidiaGpu): Explanation | null {
  if (!gpu.driverLoaded) {
    return {
      reason: "its driver is not loaded",
      remedy: "install NVIDIA's driver, or start the container with access to the GPU",
      chosen: false,
    };
  }
  const { source, device } = facts.manifest;
  const { driver: oldest, cuda } = CUDA_BUILDS[source];
  if (device === "cpu" || gpu.driver === null || compareVersions(gpu.driver, oldest) >= 0) {
    return null;
  }
  return {
    reason: `its driver ${gpu.driver} is older than ${oldest}, the oldest that serves CUDA ${cuda}`,
    remedy: "update NVIDIA's driver",
    chosen: false,
  };
}

function explainBuild({ manifest }: GpuFacts): Explanation | null {
  if (manifest.device === "gpu") return null;
  return {
    reason: "the installed library is TensorFlow's CPU build",
    remedy: INSTALL_GPU,
    chosen: true,
  };
}

function explainCudaDriver({ cuda, manifest }: GpuFacts): Explanation | null {
  if (cuda === null) return null;
  if ("failure" in cuda) {
    return {
      reason: cuda.failure,
      remedy: 'see whether "nvidia-smi" works; after an update of the driver, restart the machine',
      chosen: false,
    };
  }
  const { capability, tensorflow } = CUDA_BUILDS[manifest.source];
  const isKnown = (found: string) => compareVersions(found, capability) >= 0;
  if (cuda.devices.some(({ computeCapability }) => isKnown(computeCapability))) return null;
  const found = cuda.devices.map(({ computeCapability }) => computeCapability).join(", ");
  return {
    reason: found === ""
      ? "the CUDA driver hands out no GPU"
      : `its compute capability ${found} is below ${capability}, the smallest that ` +
        `TensorFlow ${tensorflow} has code for`,
    remedy: found === "" ? "see what CUDA_VISIBLE_DEVICES names" : "use backend webgpu (--backend)",
    chosen: false,
  };
}

function explainLibraries({ missing, manifest }: GpuFacts): Explanation | null {
  const [first] = missing;
  if (first === undefined) return null;
  const { cuda, cudnn } = CUDA_BUILDS[manifest.source];
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
  return {
    reason: `${first.name}${more} cannot be loaded (${first.reason})`,
    remedy: manifest.source === "wheel"
      ? INSTALL_GPU
      : `install CUDA ${cuda} and cuDNN ${cudnn}, or ${INSTALL_GPU} --source wheel`,
    chosen: false,
  };
}
