import assert from "node:assert/strict";
import { join, relative } from "node:path";
import configuration from "../../deno.json" with { type: "json" };
import * as library from "../../lib/mod.ts";
import { repositoryRoot } from "../helpers/run_command.ts";

/** More than this is no front door. */
const MOST_NAMES = 48;

Deno.test("the front door is small: values and types that a program needs", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "lib/mod.ts"],
    cwd: repositoryRoot,
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [{ symbols }] = Object.values(nodes) as [{ symbols: { name: string }[] }];
  const names = symbols.map(({ name }) => name);
  assert.ok(names.length <= MOST_NAMES, `${names.length} names: ${names.join(", ")}`);
  const page = await Deno.readTextFile(join(repositoryRoot, "docs", "library.md"));
  assert.equal(/has (\d+) names/.exec(page)?.[1], String(names.length));
  for (const name of Object.keys(library)) assert.ok(names.includes(name), name);
  for (const name of ["train", "loadModel", "evaluate", "complexity", "selectBackend"]) {
    assert.equal(typeof library[name as "train"], "function", name);
  }
});

Deno.test("every path that the package exports leads to a module, and every room's module is exported", async () => {
  const paths: readonly string[] = Object.values(configuration.exports);
  for (const path of paths) assert.ok((await Deno.stat(join(repositoryRoot, path))).isFile, path);
  for await (const { name, isDirectory } of Deno.readDir(join(repositoryRoot, "lib"))) {
    const path = `./lib/${name}/mod.ts`;
    const isThere = isDirectory &&
      await Deno.stat(join(repositoryRoot, path)).then(() => true, () => false);
    if (isThere) assert.ok(paths.includes(path), path);
  }
});

Deno.test("the package can be published, with what users need and no more", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"],
    cwd: repositoryRoot,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.ok(success, text);
  const files = [...text.matchAll(/^\s+file:\/\/(\S+) \(/gm)]
    .map(([, path]) => relative(repositoryRoot, path!));
  for (const needed of ["README.md", "deno.json", "docs/model.md", "lib/mod.ts", "main.ts"]) {
    assert.ok(files.includes(needed), needed);
  }
  // The page's scripts are there once they were built.
  const users =
    /^(CHANGELOG\.md|LICENSE|README\.md|deno\.json|main\.ts|(cli|docs|lib|models|dist\/page)\/.+)$/;
  assert.deepEqual(files.filter((file) => !users.test(file)), []);
});
