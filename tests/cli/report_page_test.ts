import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../helpers/run_command.ts";

Deno.test("param-scaling and analyze-depth write their page beside the text", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const scaling = join(folder, "scaling.html");
    const first = await runCommand(["param-scaling", "--table", "7", "--report", scaling]);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /14 of 14 of the paper's figures are matched/);
    const page = await Deno.readTextFile(scaling);
    assert.match(page, /<h1>Table 7: parameters of the puppeteer<\/h1>/);
    assert.match(page, /<data value="1\.079296">1\.08 MB<\/data>/);
    assert.match(page, /This page: deno task puppet /);
    const depth = join(folder, "depth.html");
    const argv = ["analyze-depth", "--dataset", "synthetic", "--test-images", "30"];
    const second = await runCommand([...argv, "--examples", "1", "--report", depth]);
    assert.equal(second.code, 0, second.stderr);
    const pictures = (await Deno.readTextFile(depth)).match(/<img src="data:image\/png/g);
    assert.equal(pictures?.length, 7);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--report refuses a file that is there, and that of --output", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "page.html");
    const argv = ["param-scaling", "--table", "7", "--report", file];
    for (const spelling of [file, `${folder}/./page.html`]) {
      const same = await runCommand([...argv, "--output", spelling]);
      assert.equal(same.code, 2);
      assert.match(same.stderr, /--output and --report name the same file/);
    }
    await Deno.writeTextFile(file, "mine");
    const there = await runCommand(argv);
    assert.equal(there.code, 2);
    assert.match(there.stderr, /the file is there/);
    assert.equal(await Deno.readTextFile(file), "mine");
    const forced = await runCommand([...argv, "--force"]);
    assert.equal(forced.code, 0, forced.stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
