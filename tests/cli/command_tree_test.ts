import assert from "node:assert/strict";
import { assertSnapshot } from "../helpers/assert_snapshot.ts";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import configuration from "../../deno.json" with { type: "json" };

const COMMANDS = [
  ...["fetch-data", "train", "eval", "predict", "compare", "export"],
  ...["analyze-depth", "param-scaling", "models", "report", "doctor", "sweep"],
];

function snapshotFile(name: string): URL {
  return new URL(`snapshots/${name}.txt`, import.meta.url);
}

/** A module in the answer of `deno info --json`. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier: string };
  }[];
}

/** Everything that a file loads at once, dynamic imports left out. */
async function staticImports(file: string): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", file],
    cwd: repositoryRoot,
  }).output();
  const graph = JSON.parse(new TextDecoder().decode(stdout)) as { readonly modules: ModuleInfo[] };
  const modules = new Map(graph.modules.map((module) => [module.specifier, module]));
  const seen = new Set<string>();
  const visit = (specifier: string): void => {
    if (seen.has(specifier)) return;
    seen.add(specifier);
    for (const dependency of modules.get(specifier)?.dependencies ?? []) {
      if (dependency.isDynamic || dependency.code === undefined) continue;
      seen.add(dependency.specifier);
      visit(dependency.code.specifier);
    }
  };
  visit(graph.modules.find((module) => module.specifier.endsWith(`/${file}`))!.specifier);
  return seen;
}

Deno.test("puppet-cnn --help is the reviewed text", async () => {
  const { code, stdout, stderr } = await runCommand(["--help"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  await assertSnapshot(stdout, snapshotFile("help"));
});

for (const command of COMMANDS) {
  Deno.test(`puppet-cnn ${command} --help is the reviewed text`, async () => {
    const { code, stdout, stderr } = await runCommand([command, "--help"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    await assertSnapshot(stdout, snapshotFile(`help_${command.replace("-", "_")}`));
  });
}

Deno.test("puppet-cnn help train is train --help", async () => {
  const { code, stdout } = await runCommand(["help", "train"]);
  assert.equal(code, 0);
  assert.equal(stdout, await Deno.readTextFile(snapshotFile("help_train")));
});

Deno.test("puppet-cnn --version prints the version of deno.json", async () => {
  const { code, stdout } = await runCommand(["--version"]);
  assert.equal(code, 0);
  assert.equal(stdout, `${configuration.version}\n`);
});

Deno.test("puppet-cnn -v prints the version, and is a word like others in a command", async () => {
  assert.equal((await runCommand(["-v"])).stdout, `${configuration.version}\n`);
  const { code, stderr } = await runCommand(["report", "--", "-v"]);
  assert.equal(code, 4, stderr);
  assert.match(stderr, /Cannot report on -v: /);
  const { stdout } = await runCommand(["train", "--data", "-v", "--print-config"]);
  assert.match(stdout, /^ {2}directory: .*-v\b/m);
});

Deno.test("puppet-cnn --help needs no permission", async () => {
  const { code, stdout } = await runCommand(["--help"], { permissions: [] });
  assert.equal(code, 0);
  assert.match(stdout, /^Usage: deno task puppet/);
});

Deno.test("main.ts loads neither TensorFlow.js, zod nor a command before one is asked for", async () => {
  const first = await staticImports("main.ts");
  assert.ok([...first].some((specifier) => specifier.endsWith("cli/run_program.ts")));
  const imports = [...first, ...await staticImports("cli/command_tree.ts")];
  const heavy = imports.filter((specifier) =>
    /tensorflow|zod|yaml|cli\/(?:fetch_data|train|eval|predict|compare|export|analyze_depth|param_scaling|models|report|doctor)\.ts/
      .test(specifier)
  );
  assert.deepEqual(heavy, []);
});

for (const file of ["train", "compare", "analyze_depth", "param_scaling"]) {
  Deno.test(`${file}.ts can show its help without TensorFlow.js`, async () => {
    const imports = [...await staticImports(`cli/${file}.ts`)];
    assert.ok(imports.length > 10);
    assert.deepEqual(imports.filter((specifier) => specifier.includes("tensorflow")), []);
  });
}

Deno.test("puppet-cnn without a command shows the help on stderr and exits with 2", async () => {
  const { code, stdout, stderr } = await runCommand([]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^Usage: deno task puppet/);
  assert.match(stderr, /No command given/);
});

Deno.test("puppet-cnn suggests the command that was meant and exits with 2", async () => {
  for (const argv of [["trian"], ["help", "trian"], ["trian", "--epochs", "3"]]) {
    const { code, stderr } = await runCommand(argv);
    assert.equal(code, 2);
    assert.match(stderr, /^error: Unknown command 'trian'; did you mean "train"\?\n/);
  }
});

Deno.test("puppet-cnn suggests the option that was meant and names the help", async () => {
  const { code, stdout, stderr } = await runCommand(["train", "--epoch", "3"]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.equal(
    stderr,
    `error: Unknown option '--epoch'; did you mean "--epochs"?\nSee "deno task puppet train --help"\n`,
  );
});
