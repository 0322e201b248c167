import assert from "node:assert/strict";
import { listTensorflowDevices } from "../../../../lib/backends/cuda/list_tensorflow_devices.ts";
import { readNativeInstallation } from "../../../../lib/backends/native_cache.ts";
import { testBackends, withBackend } from "../../../helpers/backends.ts";

const isInstalled = (await testBackends()).includes("tensorflow");

Deno.test({
  name: "listTensorflowDevices() lists what the loaded library sees",
  ignore: !isInstalled,
  sanitizeResources: false,
  fn: () =>
    withBackend("tensorflow", async () => {
      const devices = await listTensorflowDevices((await readNativeInstallation())!);
      assert.equal(devices![0]!.name, "CPU:0");
      assert.equal(devices![0]!.type, "CPU");
      assert.ok(devices!.every(({ memory }) => memory > 0));
    }),
});
