import assert from "node:assert/strict";
import { formatConfig } from "../../../lib/experiments/format_config.ts";
import { parseConfig, readConfigWord } from "../../../lib/experiments/parse_config.ts";
import { protocolConfig } from "../../../lib/experiments/presets/preset.ts";
import { puppetCnnRegularized } from "../../../lib/experiments/presets/puppet_cnn_regularized.ts";
import { studyBases } from "../../../tasks/study/variants.ts";

for (const [base, { preset, set, variants }] of Object.entries(studyBases)) {
  Deno.test(`variants of the base ${base} are possible trainings, no two of them alike`, () => {
    assert.ok(preset === null || preset === puppetCnnRegularized.name);
    const text = preset === null ? "" : formatConfig(protocolConfig(puppetCnnRegularized, 1));
    const configs = variants.map((variant) =>
      JSON.stringify(parseConfig(text, {
        overrides: [...set, ...variant.set].map((assignment) => {
          const [path, word] = assignment.split("=") as [string, string];
          return { path, value: readConfigWord(path, word) };
        }),
      }))
    );
    assert.equal(new Set(configs).size, variants.length);
    assert.equal(new Set(variants.map(({ name }) => name)).size, variants.length);
    assert.equal(variants[0]!.name, "base");
  });
}
