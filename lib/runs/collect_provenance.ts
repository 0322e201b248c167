import { countOf } from "../count_of.ts";
import type { ActiveBackend } from "../backends/backend.ts";
import { readGitCommit } from "./git_commit.ts";
import type { Provenance } from "./run_types.ts";
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

/** Name of the machine, where Deno allows to ask for it. */
function hostName(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : undefined;
}

/** Commit of the program; where it is not run from a checkout, of the current folder. */
async function commitInUse(): Promise<string | undefined> {
  const program = import.meta.dirname;
  const commit = program === undefined ? null : await readGitCommit(program);
  return commit ?? await readGitCommit(".") ?? undefined;
}

/**
 * Collects what a run folder says about its origin.
 *
 * @param facts Arguments, start time, backend.
 * @returns Versions, machine, commit, arguments and time.
 */
export async function collectProvenance(facts: ProvenanceFacts): Promise<Provenance> {
  const processors = navigator.hardwareConcurrency;
  const host = hostName();
  const commit = await commitInUse();
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
    machine: `${Deno.build.os} ${Deno.build.arch}, ${countOf(processors, "CPU")}`,
    ...(host === undefined ? {} : { host }),
    ...(commit === undefined ? {} : { commit }),
    startedAt: facts.startedAt.toISOString(),
  };
}
