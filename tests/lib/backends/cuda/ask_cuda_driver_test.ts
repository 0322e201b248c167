import assert from "node:assert/strict";
import { askCudaDriver } from "../../../../lib/backends/cuda/ask_cuda_driver.ts";
import { canCompile, withLibrary } from "../../../helpers/compile_library.ts";

/** A driver with the functions that are asked, for one H100; cuInit gives what is compiled in. */
const DRIVER = `
#include <string.h>
int cuInit(unsigned flags) { return INIT; }
int cuGetErrorString(int code, const char **text) {
  *text = "system driver mismatch";
  return code == 803 ? 0 : 1;
}
int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int index) { *device = 40 + index; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, device == 40 ? "NVIDIA H100 80GB HBM3" : "?", length);
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 9 : attribute == 76 ? 0 : -1;
  return 0;
}
int cuDeviceTotalMem_v2(unsigned long *bytes, int device) { *bytes = 85520809984UL; return 0; }
`;

/** Asks a driver whose first call gives this answer. */
function askSimulated(init: number) {
  return withLibrary(`#define INIT ${init}\n${DRIVER}`, askCudaDriver);
}

const options = { ignore: !canCompile, sanitizeResources: false };

Deno.test(
  "askCudaDriver() reads name, compute capability and memory from the driver",
  options,
  async () => {
    assert.deepEqual(await askSimulated(0), {
      cuda: "12.8",
      devices: [
        { name: "NVIDIA H100 80GB HBM3", computeCapability: "9.0", memory: 85520809984 },
      ],
    });
  },
);

Deno.test("askCudaDriver() says in the driver's words why it does not start", options, async () => {
  assert.deepEqual(await askSimulated(803), {
    failure: "the CUDA driver does not start: system driver mismatch (error 803)",
  });
  assert.deepEqual(await askSimulated(999), {
    failure: "the CUDA driver does not start: unknown error (error 999)",
  });
});

Deno.test("askCudaDriver() without a driver says so", async () => {
  const answer = await askCudaDriver("/nowhere/libcuda.so.1");
  assert.ok(answer !== null && "failure" in answer);
  assert.match(answer.failure, /^the CUDA driver cannot be loaded \(.*libcuda\.so\.1/);
});
