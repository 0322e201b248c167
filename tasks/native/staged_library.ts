import type { NativeArchive } from "../../lib/backends/native_cache.ts";
import type { NativePackages } from "./fetch_packages.ts";

/** What a way of installing is given. */
export interface StageOptions {
  /** An empty folder beside the final one. */
  readonly directory: string;
  /** The npm packages of the native backend. */
  readonly packages: NativePackages;
  /** `gpu` for the build with CUDA. */
  readonly device: "cpu" | "gpu";
  /** Digests by file name that the user vouches for, beside the pinned ones. */
  readonly digests: ReadonlyMap<string, string>;
  /** Receives one line a step. */
  readonly report: (line: string) => void;
}

/** What a way of installing has put into its folder; becomes part of the manifest. */
export interface StagedLibrary {
  readonly source: "prebuilt" | "wheel";
  readonly tensorflow: string;
  readonly device: "cpu" | "gpu";
  /** Path of the binding relative to the folder, with `/`. */
  readonly binding: string;
  readonly compiler: string | null;
  readonly archives: readonly NativeArchive[];
}
