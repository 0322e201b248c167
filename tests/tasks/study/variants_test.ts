import assert from "node:assert/strict";
import { formatConfig } from "../../../lib/configuration/format_config.ts";
import { parseConfig } from "../../../lib/configuration/parse_config.ts";
import { findPreset, protocolConfig } from "../../../lib/paper/preset.ts";
import { readConfigOverrides } from "../../../cli/config_options.ts";
import { settingsOf, studyBases } from "../../../tasks/study/variants.ts";

for (const [name, base] of Object.entries(studyBases)) {
  const { preset, variants } = base;
  Deno.test(`variants of the base ${name} are possible trainings, no two of them alike`, () => {
    assert.ok(preset === null || preset === findPreset("puppet-cnn-regularized").name);
    const text = preset === null
      ? ""
      : formatConfig(protocolConfig(findPreset("puppet-cnn-regularized"), 1));
    const configs = variants.map((variant) =>
      // As the command line reads them, which takes no key twice.
      JSON.stringify(parseConfig(text, {
        overrides: readConfigOverrides({ set: settingsOf(base, variant) }),
      }))
    );
    assert.equal(new Set(configs).size, variants.length);
    assert.equal(new Set(variants.map(({ name }) => name)).size, variants.length);
    assert.equal(variants[0]!.name, "base");
  });
}
