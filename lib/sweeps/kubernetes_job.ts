import { dump } from "js-yaml";
import { threadVariables } from "./thread_variables.ts";

/** What the Job of a plan needs to know. */
export interface KubernetesOptions {
  /** Name of the Job. */
  readonly name: string;
  /** Image that has the program in it. */
  readonly image: string;
  /** Program with its first arguments, as the image has it. */
  readonly program: readonly string[];
  /** Claim of a volume that every node can write to. */
  readonly claim: string;
  /** Folder of the plan, where the volume is mounted. */
  readonly folder: string;
  /** Number of rows. */
  readonly rows: number;
  /** Most tasks at a time. */
  readonly parallelism: number;
  /** Processor cores of a task. */
  readonly cpus: number;
  /** Memory of a task in Kubernetes' words: `8Gi`. */
  readonly mem?: string | undefined;
  /** GPUs of a task. */
  readonly gpus?: number | undefined;
  /** Times that a row is tried again. */
  readonly retries: number;
}

/** Longest name of an Indexed Job: its pods add a hyphen and an index of up to ten digits, to 63 characters together. */
const MOST_CHARACTERS = 52;

/**
 * Makes a name that Kubernetes takes for a Job: small letters, digits and hyphens, a letter or digit at both ends.
 *
 * @param text Any text that begins with a letter or digit.
 * @returns The name.
 */
export function kubernetesName(text: string): string {
  const characters = text.toLowerCase().replace(/[^a-z0-9-]/g, "-");
  return characters.slice(0, MOST_CHARACTERS).replace(/-+$/, "");
}

/** Exit codes after which another attempt would end in the same way: use, data, checkpoint, backend, divergence. */
const FOR_GOOD = [2, 3, 4, 5, 6];

/** An index that fails for good is not tried again; one whose node is gone is, as often as that happens. */
const FAILURE_POLICY = {
  rules: [
    {
      action: "FailIndex",
      onExitCodes: { containerName: "task", operator: "In", values: FOR_GOOD },
    },
    // The pod was taken away for another, or its node is gone: its run goes on from the last checkpoint.
    { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
  ],
};

/**
 * Makes an Indexed Job for a plan: a pod a row, whose completion index is the row's number. An index that fails for good
 * fails alone; the loss of a node does not count.
 *
 * @param options Image, volume, rows, resources.
 * @returns The Job for `kubectl apply`; needs Kubernetes 1.33, or 1.29 with the gate JobBackoffLimitPerIndex.
 */
export function kubernetesJob(options: KubernetesOptions): Readonly<Record<string, unknown>> {
  const { name, image, program, claim, folder, rows, parallelism, cpus, retries } = options;
  const limits = {
    cpu: String(cpus),
    ...options.mem === undefined ? {} : { memory: options.mem },
    ...options.gpus === undefined ? {} : { "nvidia.com/gpu": options.gpus },
  };
  const threads = Object.entries(threadVariables(String(cpus)))
    .map(([name, value]) => ({ name, value }));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: {
      completions: rows,
      parallelism: Math.min(parallelism, rows),
      completionMode: "Indexed",
      backoffLimitPerIndex: retries,
      // A row that failed for good keeps no other from being tried.
      maxFailedIndexes: rows,
      podFailurePolicy: FAILURE_POLICY,
      template: {
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: 120,
          containers: [{
            name: "task",
            image,
            // Kubernetes puts the number in: it must not start with a shell, which would not pass SIGTERM on.
            command: [...program, "sweep", "task", folder, "--index", "$(JOB_COMPLETION_INDEX)"],
            env: [...threads, {
              name: "JOB_COMPLETION_INDEX",
              valueFrom: {
                fieldRef: {
                  fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']",
                },
              },
            }],
            resources: { requests: limits, limits },
            volumeMounts: [{ name: "sweep", mountPath: folder }],
          }],
          volumes: [{ name: "sweep", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/**
 * Writes the Job of {@linkcode kubernetesJob} for people.
 *
 * @param options Image, volume, rows, resources.
 * @returns YAML.
 */
export function renderKubernetesJob(options: KubernetesOptions): string {
  return dump(kubernetesJob(options), { noRefs: true });
}
