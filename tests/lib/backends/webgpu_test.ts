import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

async function runWebgpu(): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(new URL("webgpu_process.ts", import.meta.url))],
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const found = await runWebgpu();
const probe = found["probe"] as { available: boolean; detail: string; remedy?: string };
const why = probe.available ? "" : ` (ignored: ${probe.detail})`;

Deno.test("probe of webgpu and its activation tell the same", () => {
  if (probe.available) {
    assert.equal(found["activation"], null);
  } else {
    assert.match(String(found["activation"]), /^BackendError: Cannot use backend "webgpu": .+; .+/);
    assert.ok(probe.remedy);
    assert.equal(found["hardware"], false);
  }
});

Deno.test({
  name: `values and gradients of training on webgpu are those of cpu${why}`,
  ignore: !probe.available,
  fn: () => {
    assert.equal(found["difference"], null);
    assert.equal(found["computes"], true);
    assert.deepEqual(found["missing"], []);
  },
});

Deno.test({
  name: `webgpu adds more tensors than a program has buffers${why}`,
  ignore: !probe.available,
  fn: () => assert.ok(Math.abs(Number(found["norm"]) - 20) < 1e-4, String(found["norm"])),
});

Deno.test({
  name: `webgpu reads no numbers after the device has refused work${why}`,
  ignore: !probe.available,
  fn: () => assert.match(String(found["refusal"]), /^BackendError: .+ refused an operation/),
});

Deno.test({
  name: "backend tensorflow after webgpu is an error, not a crash",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    assert.match(String(found["tensorflowAfterwards"]), /^BackendError: Cannot use backend/),
});
