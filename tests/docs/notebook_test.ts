import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot } from "../helpers/run_command.ts";

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

Deno.test("docs/examples/classify.ipynb has cells that run one after the other", async () => {
  const folder = join(repositoryRoot, "docs/examples");
  const { cells }: Notebook = JSON.parse(
    await Deno.readTextFile(join(folder, "classify.ipynb")),
  );
  const code = cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join("")).join("\n");
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", code],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /className: "\w+", probability: 0\.\d+/);
  assert.match(text, /^13 \[ 1, 512, 9, 512 \]$/m);
  assert.match(text, /^stage1\.conv1 \[ 3, 3, 3, 64 \]$/m);
});
