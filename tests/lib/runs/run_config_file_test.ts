import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointError } from "../../../lib/errors.ts";
import { defaultConfig } from "../../../lib/configuration/experiment_config.ts";
import { formatConfig } from "../../../lib/configuration/format_config.ts";
import { readRunConfig } from "../../../lib/runs/run_config_file.ts";
import { RUN_CONFIG_FILE } from "../../../lib/runs/run_folder.ts";
import { withFolder } from "../../helpers/with_folder.ts";

Deno.test("readRunConfig() reads what a run wrote", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, RUN_CONFIG_FILE), formatConfig(defaultConfig()));
    assert.deepEqual(await readRunConfig(folder), defaultConfig());
  });
});

Deno.test("readRunConfig() says of a folder that is not a run folder what is missing", async () => {
  await withFolder(async (folder) => {
    const isClear = (error: Error) =>
      error instanceof CheckpointError && error.message.includes("config.yaml does not exist");
    await assert.rejects(readRunConfig(folder), isClear);
    await assert.rejects(readRunConfig(join(folder, "absent")), isClear);
  });
});

Deno.test("readRunConfig() takes a damaged configuration for a damaged run", async () => {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, RUN_CONFIG_FILE), "model: {maxChannels: -1}\n");
    await assert.rejects(
      readRunConfig(folder),
      (error: Error) =>
        error instanceof CheckpointError && /model\.maxChannels must be/.test(error.message),
    );
  });
});

Deno.test("readRunConfig() says of an export for other programs that it is one", () =>
  withFolder(async (folder) => {
    const exported = join(folder, "onnx");
    await Deno.mkdir(exported);
    const write = (text: string) => Deno.writeTextFile(join(exported, "export.json"), text);
    await write(JSON.stringify({ format: "onnx", checkpoint: "step-00000001" }));
    await assert.rejects(
      readRunConfig(exported),
      (error) =>
        error instanceof CheckpointError &&
        /onnx: it is an export in the format onnx, for other programs; give the run/
          .test(error.message),
    );
    for (const other of ["{", "[]", "{}", '{ "format": "\\u001b[2J" }', '{ "format": 5 }']) {
      await write(other);
      await assert.rejects(readRunConfig(exported), /config\.yaml does not exist; give a folder/);
    }
    const page = join(folder, "page");
    await Deno.mkdir(page);
    await Deno.writeTextFile(join(page, "index.html"), "");
    await assert.rejects(readRunConfig(page), /config\.yaml does not exist/);
    await Deno.writeTextFile(join(page, "model.js"), "");
    await assert.rejects(readRunConfig(page), /it is an export as a page \(--format web\)/);
  }));
