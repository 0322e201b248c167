import { messageOf } from "../../errors.ts";
import { join } from "node:path";
import type { NativeInstallation } from "../native_cache.ts";
import { CUDA_BUILDS } from "./cuda_build.ts";

/** Loads a library; throws where it cannot. */
export type LoadLibrary = (path: string) => void;

/** A library that could not be loaded. */
export interface MissingLibrary {
  /** `libcudnn.so.9`. */
  readonly name: string;
  /** What the system's loader says. */
  readonly reason: string;
}

/**
 * Loads the CUDA libraries of an installation into the process, before libtensorflow asks for them by name: a library
 * that is loaded is found wherever it lies. The search paths that TensorFlow's wheels carry have failed before
 * (tensorflow/tensorflow#63362), and `LD_LIBRARY_PATH` would have to be set before Deno starts.
 *
 * @param installation A build with CUDA. Libraries of NVIDIA's wheels lie in it; the prebuilt one takes the system's.
 * @param load Loads a library.
 * @returns The libraries that TensorFlow needs and that could not be loaded: with any of them it sees no GPU.
 */
export function preloadCuda(
  installation: Pick<NativeInstallation, "directory" | "manifest">,
  load: LoadLibrary = (path) => void Deno.dlopen(path, {}),
): MissingLibrary[] {
  const { directory, manifest } = installation;
  const { libraries, extras } = CUDA_BUILDS[manifest.source];
  const paths = new Map(
    manifest.files.map(({ path }) => [path.split("/").at(-1)!, join(directory, path)]),
  );
  const missing: MissingLibrary[] = [];
  for (const name of libraries) {
    try {
      load(paths.get(name) ?? name);
    } catch (error) {
      // Deno says once or twice what it did before it repeats the loader's words.
      const reason = messageOf(error).replace(/^(?:Could not open library: )+/, "");
      missing.push({ name, reason });
    }
  }
  for (const name of extras) {
    const path = paths.get(name);
    try {
      if (path !== undefined) load(path);
    } catch {
      // TensorFlow does without.
    }
  }
  return missing;
}
