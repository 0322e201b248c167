import type { Section } from "./section.ts";

/** A section that the proof can run. */
export interface SectionEntry {
  /** What `--only` takes. */
  readonly name: string;
  /** What it shows. */
  readonly title: string;
  /** Largest time that it gets, in seconds of a budget of 540. */
  readonly seconds: number;
  /** Whether TensorFlow must compute products in full float32 (the 19 bits of TF32 would hide faults). */
  readonly exact: boolean;
  /** Loads its program. */
  readonly load: () => Promise<Section>;
}

/** All sections, the ones that a short visit must not miss first. */
export const SECTIONS: readonly SectionEntry[] = [
  {
    name: "device",
    title: "Device, driver, versions",
    seconds: 45,
    exact: false,
    load: async () => (await import("./device_section.ts")).describeDevice,
  },
  {
    name: "layers",
    title: "Every layer, forward and gradient, against backend cpu",
    seconds: 90,
    exact: true,
    load: async () => (await import("./layers_section.ts")).compareLayers,
  },
  {
    name: "training",
    title: "Training steps of Puppet-CNN",
    seconds: 150,
    exact: false,
    load: async () => (await import("./training_section.ts")).timeTraining,
  },
  {
    name: "profile",
    title: "Where a training step spends its time",
    seconds: 60,
    exact: false,
    load: async () => (await import("./profile_section.ts")).profileStep,
  },
  {
    name: "generation",
    title: "Generation of one level's kernels",
    seconds: 45,
    exact: false,
    load: async () => (await import("./generation_section.ts")).timeGeneration,
  },
  {
    name: "evaluation",
    title: "Evaluation",
    seconds: 75,
    exact: false,
    load: async () => (await import("./evaluation_section.ts")).timeEvaluation,
  },
  {
    name: "leak",
    title: "Tensors and memory over many steps",
    seconds: 120,
    exact: false,
    load: async () => (await import("./leak_section.ts")).searchLeak,
  },
  {
    name: "models",
    title: "Loss and gradient of whole models, against backend cpu",
    seconds: 120,
    exact: true,
    load: async () => (await import("./models_section.ts")).compareModels,
  },
];
