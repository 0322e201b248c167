import { compareVersions, CUDA_BUILDS } from "../../lib/backends/cuda/cuda_build.ts";
import { BackendError } from "../../lib/errors.ts";
import { foldersOf, type FoundLibraries } from "./find_libraries.ts";
import type { NvidiaMachine } from "./nvidia.ts";
import { DIGESTS_ADVICE, PINNED_DIGESTS } from "./archive_digests.ts";
import { chooseWheel, wheelFileName } from "./wheel_table.ts";

/** Where a library can come from. */
export type NativeSource = "prebuilt" | "wheel";

/** What the user asked for. */
export interface InstallationWish {
  readonly source: "auto" | NativeSource;
  readonly device: "auto" | "cpu" | "gpu";
  /** Whether the user gives digests of archives; without them only what is pinned here is installed. */
  readonly hasDigests: boolean;
}

/** What the machine is. */
export interface MachineFacts {
  /** As `nativePlatform()` gives it. */
  readonly platform: string;
  /** Its NVIDIA GPUs; `null` where there is none. */
  readonly nvidia: NvidiaMachine | null;
  /** The CUDA libraries of the prebuilt binaries. */
  readonly prebuiltCuda: FoundLibraries;
}

/** What will be installed, and why. */
export interface InstallationPlan {
  /** Whether the library is to use the GPU. */
  readonly device: "cpu" | "gpu";
  /** Ways of installing, tried in this order. */
  readonly sources: readonly NativeSource[];
  /** Lines for the user: what was found and what follows from it. */
  readonly notes: readonly string[];
}

/**
 * Decides which library is installed. With a GPU: the official binaries where the system has their CUDA 11.2 and
 * cuDNN 8.1 and they know the GPU; otherwise TensorFlow's wheel, which brings its CUDA along. Without one: the wheel
 * without CUDA, then the official binaries, which run on the CPU too. What has no known SHA-256 is passed over.
 *
 * @param facts The machine.
 * @param wish What the user asked for; it wins over what was found.
 * @returns The plan.
 * @throws {BackendError} if a GPU was asked for and nothing could use it.
 */
export function planInstallation(facts: MachineFacts, wish: InstallationWish): InstallationPlan {
  const { nvidia } = facts;
  const notes = [describeMachine(nvidia)];
  if (wish.device === "cpu" || (wish.device === "auto" && nvidia === null)) {
    return { device: "cpu", sources: cpuSources(facts, wish), notes };
  }
  const unfit = { prebuilt: refusePrebuilt(facts), wheel: refuseWheel(facts) };
  const reasons = {
    prebuilt: unfit.prebuilt ??
      refuseUnpinned(facts, { source: "prebuilt", device: "gpu" }, wish),
    wheel: unfit.wheel ?? refuseUnpinned(facts, { source: "wheel", device: "gpu" }, wish),
  };
  const usable = (["prebuilt", "wheel"] as const).filter((source) => reasons[source] === null);
  const sources = wish.source === "auto" ? usable : [wish.source];
  for (const source of ["prebuilt", "wheel"] as const) {
    if (reasons[source] === null || ![source, "auto"].includes(wish.source)) continue;
    const isWished = wish.source === source && wish.device !== "gpu";
    notes.push(
      isWished
        ? `${describeBuild(source)} ${
          unfit[source] === null ? "will be refused" : "may not work here"
        }, since ${reasons[source]}`
        : `Passed over: ${describeBuild(source)}, since ${reasons[source]}`,
    );
  }
  const isRefused = wish.device === "gpu" && wish.source !== "auto" &&
    reasons[wish.source] !== null;
  if (sources.length > 0 && !isRefused) {
    notes.push(...sources.slice(0, 1).map((source) => describeChoice(source, facts)));
    return { device: "gpu", sources, notes };
  }
  if (wish.device === "gpu") {
    throw new BackendError(
      `Cannot install for the GPU: ${
        notes.slice(1).join("; ")
      }; fix it, or install with --device cpu`,
    );
  }
  notes.push("Installing for the CPU; --backend webgpu may use the GPU");
  return { device: "cpu", sources: cpuSources(facts, wish), notes };
}

/** The wheel comes first: its digest is pinned. */
function cpuSources(facts: MachineFacts, wish: InstallationWish): NativeSource[] {
  if (wish.source !== "auto") return [wish.source];
  const reasons = (["wheel", "prebuilt"] as const).map((source) =>
    [source, refuseUnpinned(facts, { source, device: "cpu" }, wish)] as const
  );
  const usable = reasons.flatMap(([source, reason]) => reason === null ? [source] : []);
  if (usable.length > 0) return usable;
  throw new BackendError(
    `Cannot install for ${facts.platform}: ${
      reasons[0]![1]
    }; or use --backend wasm, which needs no installation`,
  );
}

/** Why a build must not be installed though it would run: nobody vouches for its bytes. */
function refuseUnpinned(
  { platform }: MachineFacts,
  build: { readonly source: NativeSource; readonly device: "cpu" | "gpu" },
  { hasDigests }: InstallationWish,
): string | null {
  if (hasDigests) return null;
  const wheel = build.source === "wheel" ? chooseWheel(platform, build.device) : null;
  const isPinned = wheel !== null && build.device === "cpu" &&
    PINNED_DIGESTS.has(wheelFileName(wheel));
  return isPinned ? null : `no SHA-256 is pinned for it; ${DIGESTS_ADVICE}`;
}

function describeMachine(nvidia: NvidiaMachine | null): string {
  if (nvidia === null) return "No NVIDIA GPU found";
  const name = nvidia.names.join(", ") || "NVIDIA GPU";
  const capability = nvidia.capability === null ? "" : `, compute capability ${nvidia.capability}`;
  if (!nvidia.driverLoaded) return `Found ${name} without a driver`;
  return `Found ${name}${capability}, driver ${nvidia.driver ?? "of unknown version"}`;
}

function describeBuild(source: NativeSource): string {
  const { tensorflow, cuda } = CUDA_BUILDS[source];
  const what = source === "prebuilt" ? "tfjs-node-gpu's own build" : "TensorFlow's wheel";
  return `${what} (TensorFlow ${tensorflow}, CUDA ${cuda})`;
}

function describeChoice(source: NativeSource, { prebuiltCuda }: MachineFacts): string {
  const { cuda, cudnn } = CUDA_BUILDS[source];
  return source === "prebuilt"
    ? `CUDA ${cuda} and cuDNN ${cudnn} are in ${foldersOf(prebuiltCuda).join(", ")}: taking ` +
      describeBuild(source)
    : `Taking ${describeBuild(source)} with its CUDA libraries: several GB`;
}

/** Why a build cannot use the GPU, whatever else is installed; `null` if nothing speaks against it. */
function refuseGpu({ nvidia }: MachineFacts, source: NativeSource): string | null {
  const { driver, capability, cuda } = CUDA_BUILDS[source];
  if (nvidia === null) return null;
  if (!nvidia.driverLoaded) return "its driver is not loaded; install NVIDIA's driver";
  if (nvidia.driver !== null && compareVersions(nvidia.driver, driver) < 0) {
    return `driver ${nvidia.driver} is older than ${driver}, which CUDA ${cuda} needs`;
  }
  if (nvidia.capability !== null && compareVersions(nvidia.capability, capability) < 0) {
    return `compute capability ${nvidia.capability} is below ${capability}`;
  }
  return null;
}

function refusePrebuilt(facts: MachineFacts): string | null {
  const { tooNewCapability, cuda, cudnn } = CUDA_BUILDS.prebuilt;
  const capability = facts.nvidia?.capability ?? null;
  if (tooNewCapability !== null && capability !== null) {
    if (compareVersions(capability, tooNewCapability) >= 0) {
      return `CUDA ${cuda} does not know compute capability ${capability}`;
    }
  }
  const { missing } = facts.prebuiltCuda;
  // Elsewhere libraries have other names and places, and TensorFlow itself tells what it misses.
  if (facts.platform.startsWith("linux-") && missing.length > 0) {
    return `CUDA ${cuda} and cuDNN ${cudnn} are not complete, missing ${missing.join(", ")}`;
  }
  return refuseGpu(facts, "prebuilt");
}

function refuseWheel(facts: MachineFacts): string | null {
  return chooseWheel(facts.platform, "gpu") === null
    ? `TensorFlow publishes none with CUDA for ${facts.platform}`
    : refuseGpu(facts, "wheel");
}
