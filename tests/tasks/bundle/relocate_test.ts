import assert from "node:assert/strict";
import { relocate } from "../../../tasks/bundle/relocate.ts";

Deno.test("relocate() looks beside the script for workers, files of packages and folders", () => {
  const { script, workers, packageFiles } = relocate(
    `a(new URL("./decode_worker.ts",import.meta.url));` +
      `b(new URL("../../models/", import.meta.url), new URL("../", import.meta.url));` +
      `c(import.meta.resolve("@cwasm/webp/webp.wasm"), import.meta.dirname);`,
  );
  assert.deepEqual(workers, ["decode_worker.ts"]);
  assert.deepEqual(packageFiles, ["@cwasm/webp/webp.wasm"]);
  assert.match(script, /a\(new URL\("\.\/decode_worker\.js", import\.meta\.url\)\)/);
  assert.match(script, /b\(new URL\("\.\/models\/", import\.meta\.url\), new URL\("\.\/", /);
  assert.match(
    script,
    /c\(new URL\("\.\/webp\.wasm", import\.meta\.url\)\.href, import\.meta\.dirname/,
  );
});

Deno.test("relocate() lets the command line start itself", () => {
  const { script, workers } = relocate(`run(new URL("../main.ts", import.meta.url))`);
  assert.match(script, /run\(new URL\("\.\/puppet-cnn\.js", import\.meta\.url\)\)/);
  assert.deepEqual(workers, []);
});

Deno.test("relocate() refuses an address that it does not know how to move", () => {
  assert.throws(() => relocate("import.meta.resolve(name)"), /unknown way \(import\.meta\.resolve/);
});
