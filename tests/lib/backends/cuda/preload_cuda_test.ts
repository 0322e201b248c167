import assert from "node:assert/strict";
import { CUDA_BUILDS } from "../../../../lib/backends/cuda/cuda_build.ts";
import { preloadCuda } from "../../../../lib/backends/cuda/preload_cuda.ts";
import type { NativeManifest } from "../../../../lib/backends/native_cache.ts";

/** An installation whose CUDA libraries lie where NVIDIA's wheels put them. */
function installation(source: "prebuilt" | "wheel", names: readonly string[]) {
  const files = names.map((name) => ({ path: `nvidia/part/lib/${name}`, bytes: 1, sha256: "" }));
  return { directory: "/cache", manifest: { source, files } as unknown as NativeManifest };
}

Deno.test("preloadCuda() loads the wheels' libraries by their paths, those that others need first", () => {
  const { libraries, extras } = CUDA_BUILDS.wheel;
  const loaded: string[] = [];
  const found = installation("wheel", [...extras, ...[...libraries].reverse()]);
  assert.deepEqual(preloadCuda(found, (path) => loaded.push(path)), []);
  const wanted = [...libraries, ...extras].map((name) => `/cache/nvidia/part/lib/${name}`);
  assert.deepEqual(loaded, wanted);
  const place = (name: string) => libraries.indexOf(name);
  assert.ok(place("libcublasLt.so.12") < place("libcublas.so.12"));
  assert.ok(place("libcublas.so.12") < place("libcusolver.so.11"));
  assert.ok(place("libnvJitLink.so.12") < place("libcusparse.so.12"));
});

Deno.test("preloadCuda() asks the system for libraries that the installation lacks, and names the missing", () => {
  const asked: string[] = [];
  const missing = preloadCuda(installation("prebuilt", []), (path) => {
    asked.push(path);
    if (path === "libcudnn.so.8") {
      throw new Error("Could not open library: cannot open shared object file");
    }
  });
  assert.deepEqual(asked, CUDA_BUILDS.prebuilt.libraries);
  assert.deepEqual(missing, [
    { name: "libcudnn.so.8", reason: "cannot open shared object file" },
  ]);
});

Deno.test("preloadCuda() does without the extras", () => {
  const { libraries, extras } = CUDA_BUILDS.wheel;
  const found = installation("wheel", [...libraries, ...extras]);
  const missing = preloadCuda(found, (path) => {
    if (extras.some((name) => path.endsWith(name))) throw new Error("broken");
  });
  assert.deepEqual(missing, []);
});
