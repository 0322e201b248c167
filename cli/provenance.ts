import type { ActiveBackend } from "../lib/backends/backend.ts";
import type { Provenance } from "../lib/runs/run_types.ts";
import { pinnedVersion, TOOLKIT_VERSION } from "./toolkit_version.ts";

/** What has to be known to say where a run came from. */
export interface ProvenanceFacts {
  /** Arguments of the command, without the program. */
  readonly argv: readonly string[];
  /** Time at which the command began. */
  readonly startedAt: Date;
  /** The backend in use. */
  readonly backend: ActiveBackend;
}

/**
 * Collects what a run folder says about its origin.
 *
 * @param facts Arguments, start time, backend.
 * @returns Versions, machine, arguments and time.
 */
export function collectProvenance(facts: ProvenanceFacts): Provenance {
  const processors = navigator.hardwareConcurrency;
  return {
    argv: [...facts.argv],
    versions: {
      "puppet-cnn": TOOLKIT_VERSION,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      typescript: Deno.version.typescript,
      "@tensorflow/tfjs-core": pinnedVersion("@tensorflow/tfjs-core"),
      backend: facts.backend.description,
      ...facts.backend.versions,
    },
    machine: `${Deno.build.os} ${Deno.build.arch}, ${processors} CPUs`,
    startedAt: facts.startedAt.toISOString(),
  };
}
