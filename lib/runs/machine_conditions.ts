/** Where figures were made. */
export interface MachineConditions {
  /** `TensorFlow 2.21.0, CPU`; `null` where it is not known. */
  readonly backend: string | null;
  /** `cpu` or `gpu`; `null` where it is not known. */
  readonly device: "cpu" | "gpu" | null;
  /** `linux x86_64, 2 CPUs`. */
  readonly machine: string | null;
  /** Name -> version of the toolkit, Deno, TensorFlow.js, native library. */
  readonly versions: Readonly<Record<string, string>>;
}
