import assert from "node:assert/strict";
import {
  checkCircles,
  checkExports,
  checkRepository,
  checkSource,
} from "../../tasks/check_structure.ts";
import { repositoryRoot } from "../helpers/run_command.ts";

function messages(file: string, text: string): string[] {
  return checkSource({ file, text }).map((offence) => `${offence.line}: ${offence.message}`);
}

Deno.test("checkSource() finds a file that is too long", () => {
  assert.deepEqual(messages("cli/a.ts", "// x\n".repeat(337)), []);
  assert.match(messages("cli/a.ts", "// x\n".repeat(338))[0]!, /^1: 338 lines/);
});

Deno.test("checkSource() finds functions and methods that are too long", () => {
  const body = "  work();\n".repeat(60);
  assert.match(
    messages("cli/a.ts", `\nfunction long(): void {\n${body}}\n`)[0]!,
    /^2: long\(\) has 62/,
  );
  const method = `class A {\n  #far(a: number): void {\n${body.replaceAll("  w", "    w")}  }\n}\n`;
  assert.match(messages("cli/a.ts", method)[0]!, /^2: #far\(\) has 62/);
  const several = `function wide(\n  a: number,\n): void {\n${body}}\n`;
  assert.match(messages("cli/a.ts", several)[0]!, /^1: wide\(\) has 64/);
  assert.deepEqual(messages("cli/a.ts", `function short(): void {\n  work();\n}\n${body}`), []);
});

Deno.test("checkSource() finds imports in the wrong direction", () => {
  const wrong: [string, string][] = [
    ["lib/training/a.ts", 'import { b } from "../../cli/b.ts";'],
    ["lib/puppeteer/a.ts", 'import { b } from "../puppet/b.ts";'],
    ["lib/layers/a.ts", 'import { b } from "../training/b.ts";'],
    ["lib/layers/a.ts", 'import type { B } from "../training/b.ts";'],
    ["lib/layers/a.ts", 'const { b } = await import("../training/b.ts");'],
    ["lib/layers/a.ts", 'const { b } = await import(\n  "../training/b.ts"\n);'],
    ["lib/layers/a.ts", 'export * from "../training/b.ts";'],
    ["lib/baselines/a.ts", 'import { b } from "../models/b.ts";'],
    ["lib/puppet/a.ts", 'import { b } from "../baselines/b.ts";'],
    ["lib/paper/a.ts", 'import { b } from "../reports/b.ts";'],
    ["lib/training/a.ts", 'import { b } from "../cellar/b.ts";'],
    ["cli/a.ts", 'import { b } from "../tasks/b.ts";'],
    ["lib/training/a.ts", 'import { b } from "../mod.ts";'],
    ["cli/a.ts", 'import { b } from "../lib/puppeteer/mod.ts";'],
    ["lib/training/a.ts", 'const b = await import("@tensorflow/tfjs-node-gpu");'],
    ["cli/a.ts", 'import "@tensorflow/tfjs-backend-wasm";'],
  ];
  for (const [file, text] of wrong) assert.equal(messages(file, text).length, 1, text);
  const right: [string, string][] = [
    ["lib/training/a.ts", 'import { b } from "../puppet/b.ts";'],
    ["lib/training/a.ts", 'import { b } from "./b.ts";'],
    ["lib/training/a.ts", ' * import { b } from "../../cli/b.ts";'],
    ["lib/reports/parts/a.ts", 'import { b } from "../../paper/b.ts";'],
    ["lib/training/a.ts", 'import * as tf from "@tensorflow/tfjs-core";'],
    ["lib/backends/a.ts", 'import "@tensorflow/tfjs-backend-wasm";'],
    ["cli/a.ts", 'import { b } from "../lib/training/b.ts";'],
  ];
  for (const [file, text] of right) assert.deepEqual(messages(file, text), [], text);
});

Deno.test("checkSource() finds words that the library must not use", () => {
  for (const text of ["x.dataSync();", "x.arraySync();", 'console.log("x");', "Deno.exit(1);"]) {
    assert.equal(messages("lib/a.ts", text).length, 1, text);
    assert.deepEqual(messages("cli/a.ts", text), [], text);
  }
  assert.deepEqual(messages("lib/a.ts", " * x.dataSync() is forbidden"), []);
});

Deno.test("checkSource() finds exports without documentation", () => {
  assert.equal(messages("lib/a.ts", "export const a = 1;").length, 1);
  assert.deepEqual(messages("lib/a.ts", "/** A. */\nexport const a = 1;"), []);
});

Deno.test("checkCircles() finds circles of files and of rooms, through types too", () => {
  const source = (file: string, ...imports: string[]) => ({
    file,
    text: imports.map((path) => `import type { A } from "${path}";`).join("\n"),
  });
  const files = checkCircles([
    source("lib/puppet/a.ts", "./b.ts"),
    source("lib/puppet/b.ts", "./c.ts"),
    source("lib/puppet/c.ts", "./a.ts"),
    source("lib/puppet/d.ts", "./a.ts"),
  ]);
  assert.deepEqual(files.map(({ message }) => message), [
    "imports go in a circle: lib/puppet/a.ts, lib/puppet/b.ts, lib/puppet/c.ts",
  ]);
  const rooms = checkCircles([
    source("lib/puppet/a.ts", "../models/b.ts"),
    source("lib/models/b.ts"),
    source("lib/models/c.ts", "../puppet/a.ts"),
  ]);
  assert.deepEqual(rooms.map(({ message }) => message), [
    "imports go in a circle: lib/models, lib/puppet",
  ]);
  assert.deepEqual(checkCircles([source("cli/a.ts", "./b.ts"), source("cli/b.ts")]), []);
});

Deno.test("checkExports() finds values that nobody imports", () => {
  const text = [
    "export const used = 1;",
    "export const unused = 1;",
    "export async function left(): Promise<void> {}",
    "export interface Form {}",
    "const own = unused;",
  ].join("\n");
  const found = (reader: string, ...others: string[]) =>
    checkExports(
      [{ file: "lib/files/a.ts", text }, { file: "cli/b.ts", text: reader }],
      others.map((text) => ({ file: "tests/b_test.ts", text })),
    ).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  const left = "lib/files/a.ts:3: left is exported, and nobody imports it";
  const reader = 'import { used } from "../lib/files/a.ts";';
  assert.deepEqual(found(reader), [
    "lib/files/a.ts:2: unused is exported, and nobody imports it",
    left,
  ]);
  assert.deepEqual(found(reader, 'const { unused } = await import("../lib/files/a.ts");'), [left]);
  assert.deepEqual(found('export * from "../lib/files/a.ts";'), []);
});

Deno.test("checkRepository() finds nothing wrong in this repository", async () => {
  const { offences, files } = await checkRepository(repositoryRoot);
  assert.ok(files > 50);
  assert.deepEqual(offences, []);
});
