import assert from "node:assert/strict";
import { remarksOnIdleOptions } from "../../cli/idle_options.ts";
import { readConfigOverrides } from "../../cli/config_options.ts";
import { parseConfig } from "../../lib/configuration/parse_config.ts";
import { runCommand } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";
import { writeImages } from "../lib/datasets/helpers/image_files.ts";

function remarks(options: Readonly<Record<string, unknown>>, file = ""): Promise<string[]> {
  const overrides = readConfigOverrides(options);
  return remarksOnIdleOptions([parseConfig(file, { overrides })], overrides);
}

Deno.test("remarksOnIdleOptions() names the options that make no difference, by reason", async () => {
  assert.deepEqual(await remarks({ solver: "rk4", channels: "64", flip: true }), []);
  assert.deepEqual(
    await remarks({ model: "vgg", solver: "rk4", initialState: "learned", channels: "64" }),
    [
      "remark: --channels makes no difference here: the layers of vgg are given",
      "remark: --initial-state, --solver make no difference here: vgg has no puppeteer",
    ],
  );
  assert.deepEqual(await remarks({ set: ["training.levelSharing=1", "model.name=fixed-cnn"] }), [
    "remark: training.levelSharing makes no difference here: nothing follows the complexity of the image",
  ]);
});

Deno.test("remarksOnIdleOptions() lets an option be that does something for one of several configurations", async () => {
  const overrides = readConfigOverrides({ solver: "rk4" });
  const [vgg, resnet, puppet] = ["vgg", "resnet", "puppet-cnn"]
    .map((name) => parseConfig(`model: { name: ${name} }`, { overrides }));
  assert.equal((await remarksOnIdleOptions([vgg!, resnet!], overrides)).length, 1);
  assert.deepEqual(await remarksOnIdleOptions([vgg!, puppet!], overrides), []);
});

Deno.test("remarksOnIdleOptions() lets --depth be if one of its two keys does something", async () => {
  assert.deepEqual(await remarks({ model: "fixed-cnn", depth: "8" }), []);
  assert.deepEqual(await remarks({ model: "puppet-alexnet", depth: "8" }), [
    "remark: --depth makes no difference here: the layers of puppet-alexnet are given",
  ]);
});

Deno.test("remarksOnIdleOptions() looks whether a folder has a validation part of its own", async () => {
  await withFolder(async (folder) => {
    const said = "remark: --validation-fraction makes no difference here: the folder has a " +
      "validation part of its own";
    const options = { dataset: "folder", data: folder, validationFraction: "0.3" };
    // Nothing is there yet: whoever loads it says so.
    assert.deepEqual(await remarks(options), []);
    await writeImages(folder, ["train/a/1.png", "train/b/2.png", "test/a/3.png"]);
    assert.deepEqual(await remarks(options), []);
    await writeImages(folder, ["val/a/4.png"]);
    assert.deepEqual(await remarks(options), [said]);
    assert.deepEqual(await remarks({ ...options, dataset: "synthetic" }), []);
    assert.deepEqual(await remarks({ dataset: "folder", data: folder }), []);
  });
});

Deno.test("remarksOnIdleOptions() leaves alone what stands in a file", async () => {
  assert.deepEqual(await remarks({}, "model: {name: vgg, solver: rk4}"), []);
});

Deno.test("train says what makes no difference, unless it is to be quiet", async () => {
  const argv = ["train", "--dry-run", "--dataset", "synthetic", "--images", "100", "--backend"];
  argv.push("cpu", "--model", "fixed-cnn", "--channels", "8", "--solver", "heun");
  const { stderr, code } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^remark: --solver makes no difference here: fixed-cnn has no puppeteer$/m);
  assert.doesNotMatch((await runCommand([...argv, "--quiet"])).stderr, /remark/);
});
