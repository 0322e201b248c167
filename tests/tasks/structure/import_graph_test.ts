import assert from "node:assert/strict";
import {
  findCircles,
  importGraph,
  importsOf,
  resolveImport,
} from "../../../tasks/structure/import_graph.ts";

Deno.test("importsOf() finds every form of import, and none in comments", () => {
  const text = [
    'import { a } from "./a.ts";',
    "import {",
    "  b,",
    '} from "./b.ts";',
    'import type { C } from "./c.ts";',
    'export * from "./d.ts";',
    'import "./e.ts";',
    'const f = await import("./f.ts");',
    "const g = await import(",
    '  "./g.ts"',
    ");",
    ' * import { h } from "./h.ts";',
    '// import "./i.ts";',
  ].join("\n");
  assert.deepEqual(importsOf(text).map(({ line, specifier }) => `${line} ${specifier}`), [
    "1 ./a.ts",
    "4 ./b.ts",
    "5 ./c.ts",
    "6 ./d.ts",
    "7 ./e.ts",
    "8 ./f.ts",
    "9 ./g.ts",
  ]);
});

Deno.test("resolveImport() leaves packages alone", () => {
  assert.equal(resolveImport("lib/a/b.ts", "../c/d.ts"), "lib/c/d.ts");
  assert.equal(resolveImport("lib/a/b.ts", "zod"), null);
});

Deno.test("findCircles() tells circles apart and leaves out what only leads into one", () => {
  const graph = new Map([
    ["entry", ["a", "d"]],
    ["a", ["b"]],
    ["b", ["a", "leaf"]],
    ["c", ["c"]],
    ["d", ["e"]],
    ["e", ["f"]],
    ["f", ["d", "a"]],
    ["leaf", []],
  ]);
  assert.deepEqual(findCircles(graph), [["a", "b"], ["c"], ["d", "e", "f"]]);
});

Deno.test("importGraph() joins files to rooms and forgets what is not among the sources", () => {
  const sources = [
    { file: "x/a.ts", text: 'import "./b.ts";\nimport "../y/c.ts";\nimport "../z/d.ts";' },
    { file: "x/b.ts", text: "" },
    { file: "y/c.ts", text: 'import "../x/b.ts";' },
  ];
  const graph = importGraph(sources, (file) => file.split("/")[0]!);
  assert.deepEqual([...graph], [["x", ["y"]], ["y", ["x"]]]);
});
