import assert from "node:assert/strict";
import { comparisonNotes } from "../../../lib/paper/comparison_notes.ts";
import { MADE_UP_RUN, madeUpComparison } from "../../helpers/made_up_comparison.ts";
import { TEST_CONDITIONS } from "../../helpers/small_comparison.ts";
import type { ComparedRun, Comparison, ComparisonRow } from "../../../lib/paper/comparison.ts";

/** Notes on a row with one run, of which a word is in. */
function notesOn(
  word: string,
  run: ComparedRun,
  { conditions = TEST_CONDITIONS, mode = "changed" }: Partial<Comparison>,
): string[] {
  const rows = [{ ...madeUpComparison().rows[0]!, runs: [run] }];
  const from = { conditions, mode, columns: [], measureSpeed: false };
  return comparisonNotes(rows, from).filter((note) => note.includes(word));
}

Deno.test("comparisonNotes() counts the paper's figures that are matched by its own rows only", () => {
  const [note] = notesOn("last digit", MADE_UP_RUN, {});
  assert.match(note!, /^Params, MB: 1 of 1 of the paper's figures/);
  assert.deepEqual(notesOn("last digit", MADE_UP_RUN, { mode: "runs" }), []);
});

Deno.test("comparisonNotes() asks for the machine only where wall times were measured", () => {
  const conditions = { ...TEST_CONDITIONS, machine: "another" };
  const speed = { figures: [], bankSeconds: 1, dataset: "cifar10" };
  const timed = { ...MADE_UP_RUN, figures: { ...MADE_UP_RUN.figures!, speed } };
  assert.deepEqual(notesOn("kept from before", MADE_UP_RUN, { conditions }), []);
  assert.equal(notesOn("kept from before", timed, { conditions }).length, 1);
  assert.deepEqual(notesOn("kept from before", timed, {}), []);
});

Deno.test("comparisonNotes() speaks of the paper's figures where there are any", () => {
  const [row] = madeUpComparison().rows;
  const from = {
    conditions: TEST_CONDITIONS,
    mode: "runs",
    columns: [],
    measureSpeed: true,
  } as const;
  const said = (paper: ComparisonRow["paper"]) =>
    comparisonNotes([{ ...row!, paper }], from).filter((note) => /beside ours|RTX/.test(note));
  assert.equal(said(row!.paper).length, 2);
  assert.deepEqual(said(null), []);
});

Deno.test("comparisonNotes() explains of generated kernels what the tables show", () => {
  const { rows } = madeUpComparison();
  const said = (mode: Comparison["mode"], measureSpeed: boolean) => {
    const from = { conditions: TEST_CONDITIONS, mode, columns: [], measureSpeed };
    return comparisonNotes(rows, from)
      .flatMap((note) =>
        /^(Kernels|Params: the|Multiply-adds by the paper's tool: one)/.exec(note)?.[1] ?? []
      );
  };
  const [kernels, parameters, work] = said("changed", true);
  assert.deepEqual(said("changed", true), [
    "Kernels",
    "Params: the",
    "Multiply-adds by the paper's tool: one",
  ]);
  assert.deepEqual(said("changed", false), [parameters, work]);
  assert.deepEqual(said("runs", true), [kernels, work]);
});
