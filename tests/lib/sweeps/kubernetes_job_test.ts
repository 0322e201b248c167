import assert from "node:assert/strict";
import { load } from "js-yaml";
import { kubernetesName, renderKubernetesJob } from "../../../lib/sweeps/kubernetes_job.ts";

Deno.test("kubernetesName() is one that Kubernetes takes", () => {
  assert.equal(kubernetesName("sweep-My Widths_2_"), "sweep-my-widths-2");
  assert.equal(kubernetesName(`sweep-${"a".repeat(45)}__b`), `sweep-${"a".repeat(45)}`);
  assert.equal(kubernetesName("sweep-\u00e9t\u00e9"), "sweep--t");
});

Deno.test("renderKubernetesJob() is an Indexed Job in which every row fails and is tried for itself", () => {
  const text = renderKubernetesJob({
    ...{ name: "sweep-width", image: "example.org/puppet-cnn:1", program: ["puppet-cnn"] },
    ...{ claim: "shared", folder: "/shared/width", rows: 12, parallelism: 4, cpus: 2 },
    ...{ mem: "8Gi", gpus: 1, retries: 2 },
  });
  // Not every reader of manifests knows anchors.
  assert.doesNotMatch(text, /[&*]\w+$/m);
  const job = JSON.parse(JSON.stringify(load(text)));
  assert.deepEqual([job.apiVersion, job.kind], ["batch/v1", "Job"]);
  const { spec } = job;
  assert.equal(spec.completionMode, "Indexed");
  assert.deepEqual([spec.completions, spec.parallelism], [12, 4]);
  assert.deepEqual([spec.backoffLimitPerIndex, spec.maxFailedIndexes], [2, 12]);
  // These two exclude each other in Kubernetes.
  assert.equal(spec.backoffLimit, undefined);
  assert.equal(spec.template.spec.restartPolicy, "Never");
  const [forGood, disruption] = spec.podFailurePolicy.rules;
  assert.equal(forGood.action, "FailIndex");
  assert.deepEqual(forGood.onExitCodes, {
    containerName: "task",
    operator: "In",
    values: [2, 3, 4, 5, 6],
  });
  assert.deepEqual(disruption, {
    action: "Ignore",
    onPodConditions: [{ type: "DisruptionTarget" }],
  });
  const [container] = spec.template.spec.containers;
  assert.equal(container.name, forGood.onExitCodes.containerName);
  assert.deepEqual(container.command.slice(1), [
    "sweep",
    "task",
    "/shared/width",
    "--index",
    "$(JOB_COMPLETION_INDEX)",
  ]);
  const threads = container.env.filter(({ name }: { name: string }) => /_THREADS$/.test(name));
  assert.deepEqual(threads, [
    { name: "OMP_NUM_THREADS", value: "2" },
    { name: "TF_NUM_INTRAOP_THREADS", value: "2" },
    { name: "TF_NUM_INTEROP_THREADS", value: "1" },
  ]);
  assert.deepEqual(container.resources.limits, { cpu: "2", memory: "8Gi", "nvidia.com/gpu": 1 });
  assert.deepEqual(container.volumeMounts, [{ name: "sweep", mountPath: "/shared/width" }]);
  assert.equal(spec.template.spec.volumes[0].persistentVolumeClaim.claimName, "shared");
});

Deno.test("renderKubernetesJob() starts no more pods than rows, each with all that it may use", () => {
  const text = renderKubernetesJob({
    ...{ name: "sweep", image: "puppet-cnn", program: ["puppet-cnn"], claim: "shared" },
    ...{ folder: "/shared", rows: 2, parallelism: 4, cpus: 3, mem: "8Gi", gpus: 1, retries: 0 },
  });
  const { spec } = JSON.parse(JSON.stringify(load(text)));
  assert.equal(spec.parallelism, 2);
  const { requests } = spec.template.spec.containers[0].resources;
  assert.deepEqual(requests, { cpu: "3", memory: "8Gi", "nvidia.com/gpu": 1 });
});
