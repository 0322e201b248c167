import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createProgram } from "../../cli/command_tree.ts";
import { STOREYS } from "../../tasks/structure/storeys.ts";
import { commandsIn, proseOf, readPages } from "../helpers/read_pages.ts";
import { repositoryRoot } from "../helpers/run_command.ts";
import type { PageCommand } from "../helpers/read_pages.ts";

const pages = await readPages();
const commands = pages.flatMap(commandsIn);
const { tasks } = JSON.parse(await Deno.readTextFile(join(repositoryRoot, "deno.json"))) as {
  tasks: Record<string, { command: string }>;
};

/** Folders whose files are in the repository; a run or a data folder is the reader's. */
const OURS = /^(?:\.\/)?(?:cli|docs|lib|models|results|tasks|tests)\//;

/** The anchors of a page's headings, as they are made from them on the web. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replaceAll(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
}

Deno.test("links of the pages lead somewhere", () => {
  const broken = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => {
      if (/^https?:/.test(target!)) return [];
      const [path = "", anchor] = target!.split("#");
      const file = path === "" ? page.file : join(dirname(page.file), path);
      const there = existsSync(join(repositoryRoot, file));
      const text = anchor === undefined || !there
        ? ""
        : Deno.readTextFileSync(join(repositoryRoot, file));
      const isRight = there && (anchor === undefined || anchorsOf(text).includes(anchor));
      return isRight ? [] : [`${page.file}: ${target}`];
    })
  );
  assert.deepEqual(broken, []);
});

Deno.test("files that the pages name are in the repository", () => {
  const missing = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/`([\w./-]+)`/g)]
      .map(([, path]) => path!)
      // Tests are named from the folder tests/, in its own page.
      .map((path) =>
        page.file === "tests/README.md" && /^(?:lib|cli|tasks)\//.test(path)
          ? `tests/${path}`
          : path
      )
      .filter((path) => OURS.test(path) && !existsSync(join(repositoryRoot, path)))
      .map((path) => `${page.file}: ${path}`)
  );
  assert.deepEqual(missing, []);
});

Deno.test("every page of docs/ is linked from the README", async () => {
  const readme = await Deno.readTextFile(join(repositoryRoot, "README.md"));
  const names = pages.map(({ file }) => file).filter((file) => file.startsWith("docs/"));
  assert.ok(names.length > 5);
  assert.deepEqual(names.filter((file) => !readme.includes(`](${file})`)), []);
});

Deno.test("docs/architecture.md has every room on the storey that the check gives it", () => {
  const page = pages.find(({ file }) => file === "docs/architecture.md")!;
  const rows = [...page.text.matchAll(/^\| (`[^|]+`) +\|/gm)]
    .map(([, rooms]) => [...rooms!.matchAll(/`([^`]+)`/g)].map(([, room]) => room!).sort());
  const storeys = STOREYS.map((rooms) => rooms.filter((room) => room !== "deno.json").sort());
  assert.deepEqual(rows.reverse(), storeys);
});

Deno.test("CHANGELOG.md says what was added, which formats there are, and few known limits", () => {
  const { text } = pages.find(({ file }) => file === "CHANGELOG.md")!;
  const [, ...sections] = text.split(/^### /m);
  const titles = sections.map((section) => section.split("\n")[0]);
  assert.deepEqual(titles, ["Added", "Formats", "Known limits"]);
  const limits = sections[2]!.match(/^- /gm)!;
  assert.ok(limits.length <= 8, `${limits.length}: what a change adds stands under Added`);
});

Deno.test("deno.json, CITATION.cff and CHANGELOG.md name one version", async () => {
  const read = (file: string) => Deno.readTextFile(join(repositoryRoot, file));
  const { version, license } = JSON.parse(await read("deno.json"));
  const citation = await read("CITATION.cff");
  assert.equal(/^version: (.+)$/m.exec(citation)?.[1], version);
  assert.equal(/^license: (.+)$/m.exec(citation)?.[1], license);
  assert.equal(/^## (\S+)/m.exec(await read("CHANGELOG.md"))?.[1], version);
});

Deno.test("the pages say the same of what a first run downloads", () => {
  const said = pages.filter(({ file }) => file !== "CHANGELOG.md").flatMap((page) =>
    // A line may end within it.
    proseOf(page).replaceAll(/\s+/g, " ").match(/\d+ MB of packages(?: \([^)]*\))?/g) ?? []
  );
  assert.ok(said.length >= 4, `${said}`);
  assert.deepEqual([...new Set(said)], [
    "20 MB of packages (100 MB unpacked)",
  ]);
});

Deno.test("the README is two screens: at most 8 KB", async () => {
  const { size } = await Deno.stat(join(repositoryRoot, "README.md"));
  assert.ok(size <= 8192, `${size} bytes`);
});

/** The command and what stands behind it, as the task `puppet` gets them; `null` for another program. */
function argumentsOf(words: readonly string[]): string[] | null {
  const rest = words[0] === "npx" ? words.slice(1) : words;
  if (rest[0] === "puppet-cnn") return rest.slice(1);
  if (rest[0] === "deno" && rest[1] === "run") {
    const main = rest.indexOf("main.ts");
    return main < 0 ? null : rest.slice(main + 1);
  }
  if (rest[0] !== "deno" || rest[1] !== "task") return null;
  const task = tasks[rest[2]!]?.command.split(" ") ?? [];
  const main = task.indexOf("main.ts");
  return main < 0 ? null : [...task.slice(main + 1), ...rest.slice(3)];
}

/** What the real parser says of a command line; `null` if it takes it. Nothing is run. */
async function refusalOf(argv: readonly string[]): Promise<string | null> {
  const program = await createProgram(argv[0]);
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} });
  const command = program.commands.find((each) => each.name() === argv[0]);
  if (command === undefined) return `${argv[0]} is no command`;
  command.action(() => {});
  try {
    await program.parseAsync([...argv], { from: "user" });
    return null;
  } catch (error) {
    const isHelp = error instanceof Error && "exitCode" in error && error.exitCode === 0;
    return isHelp ? null : String(error);
  }
}

Deno.test("the parser takes every command of the pages", async () => {
  const refused: string[] = [];
  let count = 0;
  for (const { place, words } of commands) {
    const argv = argumentsOf(words);
    if (argv === null) continue;
    count += 1;
    const refusal = await refusalOf(argv);
    if (refusal !== null) refused.push(`${place}: ${refusal}`);
  }
  assert.ok(count > 30, `${count} commands were found`);
  assert.deepEqual(refused, []);
});

Deno.test("the parser refuses commands that do not exist", async () => {
  assert.equal(await refusalOf(["eval", "runs/first", "--speed"]), null);
  assert.match((await refusalOf(["eval", "runs/first", "--sped"]))!, /unknown option/);
  assert.match((await refusalOf(["eval"]))!, /missing required argument/);
  assert.match((await refusalOf(["evaluate", "runs/first"]))!, /is no command/);
});

/** The text of a task's script and of the files that it imports from tasks/. */
async function sourceOf(script: string): Promise<string> {
  const source = await Deno.readTextFile(join(repositoryRoot, script));
  const parts = [...source.matchAll(/from "\.\/([\w/]+\.ts)"/g)]
    .map(([, path]) => Deno.readTextFile(join(repositoryRoot, "tasks", path!)));
  return [source, ...await Promise.all(parts)].join("\n");
}

/** What is wrong with a task of a page and its options, which the help in its source lists. */
async function faultsOfTask({ place, words }: PageCommand): Promise<string[]> {
  const [, , name, ...options] = words[0] === "npx" ? words.slice(1) : words;
  const task = tasks[name!];
  if (task === undefined) return [`${place}: there is no task ${name}`];
  const script = /tasks\/\w+\.ts/.exec(task.command)?.[0];
  if (script === undefined) return [];
  const source = await sourceOf(script);
  return options
    .filter((word) => word.startsWith("--") && !source.includes(`  ${word.split("=")[0]} `))
    .map((word) => `${place}: ${script} does not know ${word}`);
}

Deno.test("every task of the pages exists, with its options", async () => {
  const named = commands.filter(({ words }) => words.join(" ").includes("deno task "));
  const faults = (await Promise.all(named.map(faultsOfTask))).flat();
  const inText = pages.flatMap((page) =>
    [...page.text.matchAll(/deno task ([a-z][\w-]*)/g)]
      .filter(([, name]) => tasks[name!] === undefined)
      .map(([found]) => `${page.file}: ${found}`)
  );
  assert.deepEqual([...faults, ...inText], []);
});

Deno.test("files of the repository that commands name are there", () => {
  const missing = commands.flatMap(({ place, words }) =>
    words.filter((word) => OURS.test(word) && !existsSync(join(repositoryRoot, word)))
      // What a command writes, and a folder that a reader makes.
      .filter((word) => !/^models\/mine/.test(word))
      .map((word) => `${place}: ${word}`)
  );
  assert.deepEqual(missing, []);
});
