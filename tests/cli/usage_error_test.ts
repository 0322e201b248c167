import assert from "node:assert/strict";
import { OTHER_TOOLKITS } from "../../cli/usage_error.ts";
import { runCommand } from "../helpers/run_command.ts";

/** Mistakes of people who come from other toolkits, and what they are told. */
const MISTAKES: readonly (readonly [argv: readonly string[], told: RegExp])[] = [
  [["train", "--lr", "1e-3"], /Unknown option '--lr'; did you mean "--learning-rate"\?/],
  [["train", "--batch=32"], /did you mean "--batch-size"\?/],
  [["train", "--learningRate", "1"], /did you mean "--learning-rate"\?/],
  [["train", "--output-dir", "x"], /did you mean "--run"\?/],
  [["fetch-data", "cifar10", "--root", "x"], /did you mean "--directory"\?/],
  [["models", "-o", "x"], /did you mean "--output"\?|Unknown option '-o'/],
  [["train", "--constructor", "x"], /Unknown option '--constructor'\nSee/],
  [["train", "runs/foo"], /"--run runs\/foo" trains a new run.*"--resume runs\/foo" continues one/],
  [["train", "my run"], /"--run 'my run'" trains a new run.*"--resume 'my run'" continues one/],
  [["fetch-data", "cifar-10"], /Did you mean "cifar10"\?/],
  [["eval", "runs/x", "--part", "tset"], /Did you mean "test"\?/],
  [
    ["predict", "cat.png", "puppet-cnn-cifar10"],
    /model comes first: .*predict puppet-cnn-cifar10 cat\.png/,
  ],
];

for (const [argv, told] of MISTAKES) {
  Deno.test(`"${argv.join(" ")}" gets a suggestion and exit code 2`, async () => {
    const { code, stdout, stderr } = await runCommand([...argv]);
    assert.match(stderr, told);
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
}

Deno.test("every option that a name of another toolkit stands for is there", async () => {
  const folder = new URL("snapshots/", import.meta.url);
  const helps = [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("help_"));
  const texts = await Promise.all(
    helps.map(({ name }) => Deno.readTextFile(new URL(name, folder))),
  );
  const known = new Set(texts.flatMap((text) => text.match(/--[a-z0-9-]+/g) ?? []));
  assert.deepEqual(Object.values(OTHER_TOOLKITS).flat().filter((name) => !known.has(name)), []);
});
