import assert from "node:assert/strict";
import { parseConfig, readConfigWord } from "../../../lib/experiments/parse_config.ts";
import { STUDY_BASE, studyVariants } from "../../../tasks/study/variants.ts";

Deno.test("studyVariants are possible trainings, no two of them alike", () => {
  const configs = studyVariants.map(({ set }) =>
    JSON.stringify(parseConfig("", {
      overrides: [...STUDY_BASE, ...set].map((text) => {
        const [path, word] = text.split("=") as [string, string];
        return { path, value: readConfigWord(path, word) };
      }),
    }))
  );
  assert.equal(new Set(configs).size, studyVariants.length);
  assert.equal(new Set(studyVariants.map(({ name }) => name)).size, studyVariants.length);
  assert.equal(studyVariants[0]!.name, "base");
});
