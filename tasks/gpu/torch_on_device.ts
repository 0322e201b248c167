import { TorchReference } from "../bench/torch_reference.ts";
import { DEPTH } from "../bench/bench_models.ts";
import type { SectionContext } from "./section.ts";

/** What Python says of itself and its device. */
export interface TorchDevice {
  /** Version of torch. */
  readonly torch: string;
  /** `cuda` or `cpu`. */
  readonly device: string;
  /** Name of the GPU; `null` on the CPU. */
  readonly name: string | null;
  /** CUDA and cuDNN that torch was built with; `null` without CUDA. */
  readonly cuda: string | null;
  readonly cudnn: number | null;
}

/** A PyTorch on the device that the backend computes on. */
export interface TorchOnDevice {
  readonly reference: TorchReference;
  readonly found: TorchDevice;
  /** Whether products are computed in TF32, as TensorFlow does by itself on such a GPU; WebGPU has float32 only. */
  readonly tf32: boolean;
}

/**
 * Starts PyTorch where it can run on the same device as the backend: on CUDA beside a GPU, on the CPU beside a CPU.
 *
 * @param context Options and backend of the section.
 * @returns The reference; `null` without Python or without the device, said so.
 */
export async function startTorch(context: SectionContext): Promise<TorchOnDevice | null> {
  const { options, active, say } = context;
  if (options.python === null) return null;
  const reference = new TorchReference(options.python);
  let found: TorchDevice;
  try {
    found = await reference.ask<TorchDevice>({ do: "device" });
  } catch (error) {
    say(`PyTorch is left out: ${error instanceof Error ? error.message : error}`);
    return null;
  }
  const wanted = active.device === "gpu" ? "cuda" : "cpu";
  if (wanted === "cuda" && found.device !== "cuda") {
    say(`PyTorch ${found.torch} is left out: it sees no GPU`);
    await reference.stop();
    return null;
  }
  const tf32 = wanted === "cuda" && active.name === "tensorflow";
  return { reference, found: { ...found, device: wanted }, tf32 };
}

/** Makes PyTorch's model of the section's size ready. */
export async function prepareTorch(
  { reference, found, tf32 }: TorchOnDevice,
  sizes: { readonly channels: number; readonly batch: number; readonly layout?: string },
): Promise<void> {
  await reference.ask({
    ...{ do: "prepare", channels: sizes.channels, depth: DEPTH, batch: sizes.batch },
    ...{ threads: navigator.hardwareConcurrency, layout: sizes.layout ?? "channels_last" },
    ...{ device: found.device, tf32 },
  });
}
