import assert from "node:assert/strict";
import { askNvml } from "../../../../lib/backends/cuda/ask_nvml.ts";
import { canCompile, withLibrary } from "../../../helpers/compile_library.ts";

/** A management library for two GPUs; nvmlInit_v2 gives what stands before it. */
const LIBRARY = `
#include <string.h>
int nvmlInit_v2(void) { return INIT; }
int nvmlShutdown(void) { return 0; }
int nvmlSystemGetDriverVersion(char *text, unsigned length) {
  strncpy(text, "580.159.04", length);
  return 0;
}
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
static int devices[2] = {70, 71};
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
  *device = &devices[index];
  return 0;
}
int nvmlDeviceGetName(void *device, char *text, unsigned length) {
  strncpy(text, *(int *)device == 71 ? "second" : "first", length);
  return 0;
}
`;

const options = { ignore: !canCompile };

Deno.test("askNvml() reads the driver's version and the GPUs' names", options, async () => {
  const answer = await withLibrary(`#define INIT 0\n${LIBRARY}`, askNvml);
  assert.deepEqual(answer, { driver: "580.159.04", names: ["first", "second"] });
});

Deno.test("askNvml() finds nothing where no driver runs", options, async () => {
  assert.equal(await withLibrary(`#define INIT 9\n${LIBRARY}`, askNvml), null);
});

Deno.test("askNvml() finds nothing where its library is missing", async () => {
  assert.equal(await askNvml("/nowhere/libnvidia-ml.so.1"), null);
});
