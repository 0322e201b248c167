import assert from "node:assert/strict";
import { join } from "node:path";
import { repositoryRoot, runCommand } from "../helpers/run_command.ts";
import { TINY_COMMAND, writeTinyImages } from "../helpers/tiny_command.ts";

/** Command -> permissions, as the table of docs/security.md lists them. */
async function documentedPermissions(): Promise<Map<string, string[]>> {
  const page = await Deno.readTextFile(join(repositoryRoot, "docs", "security.md"));
  const table = page.slice(page.indexOf("| command         | reads"));
  const rows = new Map<string, string[]>();
  for (const line of table.slice(0, table.indexOf("\n\n")).split("\n").slice(2)) {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    const name = cells[0]!.replaceAll("`", "");
    rows.set(name, cells.at(-1)!.match(/--allow-\w+/g) ?? []);
  }
  return rows;
}

interface Places {
  readonly data: string;
  readonly run: string;
  /** A folder that nobody else writes to. */
  readonly fresh: string;
}

/** An ordinary use of every command. */
function useOf(command: string, { data, run, fresh }: Places): string[] {
  const images = ["--dataset", "folder", "--data", data, "--image-size", "8"];
  const uses: Record<string, string[]> = {
    "fetch-data": ["synthetic", "--directory", fresh],
    train: ["--run", fresh, "--data", data, ...TINY_COMMAND, "--epochs", "1", "--backend", "cpu"],
    eval: [run, "--backend", "cpu"],
    predict: [run, join(data, "dark", "1.png"), "--backend", "cpu"],
    "analyze-depth": images,
    "param-scaling": ["--table", "7"],
    compare: [run, "--no-speed", "--backend", "cpu"],
    export: [run, fresh],
    sweep: ["plan", fresh, "--preset", "puppet-cnn"],
    report: [run, "--no-eval", "--json", "--backend", "cpu"],
    models: [],
    doctor: [],
    // The script is only for an installed command; whoever asks for it with a task is told so, without permissions.
    complete: ["--help"],
  };
  const words = uses[command];
  assert.ok(words !== undefined, `the table has the unknown command ${command}`);
  return [command, ...words];
}

async function withPlaces(body: (places: Omit<Places, "fresh">) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const [data, run] = [join(folder, "images"), join(folder, "run")];
    await writeTinyImages(data);
    // Enough of them to be decoded on several threads.
    for (const name of ["dark", "light"]) {
      for (let image = 0; image < 12; image++) {
        await Deno.copyFile(join(data, name, `${image}.png`), join(data, name, `${image}-2.png`));
      }
    }
    const argv = ["train", "--run", run, "--data", data, ...TINY_COMMAND, "--epochs", "1"];
    assert.equal((await runCommand(argv)).code, 0);
    await body({ data, run });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("every command runs with exactly the permissions that docs/security.md lists for it", () =>
  withPlaces(async ({ data, run }) => {
    const documented = await documentedPermissions();
    assert.equal(documented.size, 13);
    const ends = await Promise.allSettled([...documented].map(async ([command, permissions]) => {
      const attempts = [permissions].concat(
        permissions.map((without) => permissions.filter((flag) => flag !== without)),
      );
      for (const [index, flags] of attempts.entries()) {
        // Kept by the attempt before: nothing would be left to do, and to refuse.
        await Deno.remove(join(run, "test_result.json")).catch(() => {});
        const fresh = `${run}-${command}-${index}`;
        const argv = useOf(command, { data, run, fresh });
        const { code, stderr } = await runCommand(argv, { permissions: flags });
        const said = `${command} with ${
          flags.join(" ") || "nothing"
        }: exit code ${code}\n${stderr}`;
        assert.equal(code === 0, index === 0, said);
        // Refused with advice, not with a stack.
        if (index > 0) assert.match(stderr, /--allow-|fix one as the report says/, said);
      }
    }));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }));

Deno.test("every command of the program is in the table of permissions", async () => {
  const { stdout } = await runCommand(["--help"], { permissions: [] });
  const commands = /Commands:\n([\s\S]*?)\n\n/.exec(stdout)![1]!.split("\n")
    .map((line) => line.trim().split(/\s/)[0]!).filter((name) => /^[a-z]/.test(name));
  const documented = await documentedPermissions();
  for (const name of commands.filter((name) => name !== "help")) {
    assert.ok(documented.has(name), `${name} is missing`);
  }
});
