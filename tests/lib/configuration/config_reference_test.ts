import assert from "node:assert/strict";
import { configReference } from "../../../lib/configuration/config_reference.ts";
import { CONFIG_KEYS } from "../../../lib/configuration/experiment_config.ts";
import { assertSnapshot } from "../../helpers/assert_snapshot.ts";

const INTRODUCTION = `# Every key of the configuration

A configuration file is YAML or JSON with the sections below; every key may be missing. \`train\` has
an option for each key, and options override the file. Switches are turned off with \`--no-\`, and any
key can be set by its path with \`--set path=value\`. \`train --print-config > my.yaml\` writes a
complete file to start from. What is \`null\` in a file is a word as an option (\`--images all\`,
\`--split-seed run\`); defaults are written as the option takes them.

The table is made from the same source as the checks and the help (\`lib/configuration/*_keys.ts\`); a
test keeps it up to date.

`;

Deno.test("configReference() is what docs/configuration.md holds", async () => {
  const text = `${INTRODUCTION}${configReference()}`;
  for (const { path } of CONFIG_KEYS) assert.ok(text.includes(`| \`${path}\``), path);
  await assertSnapshot(text, new URL("../../../docs/configuration.md", import.meta.url));
});
