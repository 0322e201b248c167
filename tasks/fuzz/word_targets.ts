import assert from "node:assert/strict";
import { type Command, CommanderError } from "@commander-js/extra-typings";
import fc from "fast-check";
import { readConfigOverrides } from "../../cli/config_options.ts";
import { trainCommand } from "../../cli/train.ts";
import { CONFIG_KEYS } from "../../lib/configuration/experiment_config.ts";
import { formatConfig } from "../../lib/configuration/format_config.ts";
import { defaultConfig } from "../../lib/configuration/experiment_config.ts";
import { parseConfig } from "../../lib/configuration/parse_config.ts";
import { type FuzzTarget, fuzzTarget } from "./fuzz_target.ts";
import { mutatedText, trickyJson } from "./mutations.ts";

const KEYS = [
  ...["data", "model", "training", "backend"],
  ...CONFIG_KEYS.map(({ path }) => path.split(".").at(-1)!),
];

/** What is accepted must be complete, and be the same when it is written and read again. */
function readConfig(text: string): void {
  const config = parseConfig(text, { source: "fuzz.yaml" });
  assert.deepEqual(parseConfig(formatConfig(config)), config);
  assert.equal(Object.hasOwn(Object.prototype, "model"), false);
}

const FLAGS = [
  ...trainCommand().options.map(({ long }) => long ?? "--help"),
  ...["--", "-", "-x", "--__proto__", "--constructor=1", "--epochs=3", "--seed=0x10"],
];
const VALUES = [
  ...[
    "0",
    "1",
    "3",
    "-1",
    "1e9",
    "1e999",
    "NaN",
    "null",
    "all",
    "auto",
    "true",
    "",
    " ",
    "\0",
    "../x",
  ],
  ...[
    "model.name=vgg",
    "model.__proto__=1",
    "__proto__.x=1",
    "=",
    "training.seed=",
    "cifar10",
    "rk4",
  ],
];

const words = fc.array(
  fc.oneof(fc.constantFrom(...FLAGS), fc.constantFrom(...VALUES), fc.string({ maxLength: 6 })),
  { maxLength: 8 },
);

/** Parses as `train` does, without doing anything. */
async function readWords(argv: readonly string[]): Promise<void> {
  const command = trainCommand() as unknown as Command;
  let options: Record<string, unknown> = {};
  command.exitOverride().configureOutput({
    writeOut: () => {},
    writeErr: () => {},
    outputError: () => {},
  })
    .action((given) => {
      options = given as Record<string, unknown>;
    });
  await command.parseAsync([...argv], { from: "user" });
  parseConfig("", { source: "the options", overrides: readConfigOverrides(options) });
  assert.equal(Object.hasOwn(Object.prototype, "x"), false);
}

/** Readers of what people write. */
export const wordTargets: readonly FuzzTarget[] = [
  fuzzTarget({
    name: "configurations: YAML",
    cases: 5_000,
    input: mutatedText([
      formatConfig(defaultConfig()),
      "model:\n  maxChannels: 64\n",
      "a: &a [1]\n",
    ]),
    read: readConfig,
  }),
  fuzzTarget({
    name: "configurations: JSON",
    cases: 6_000,
    input: trickyJson(KEYS).map((value) => JSON.stringify(value)),
    read: readConfig,
  }),
  fuzzTarget({
    name: "words of a command line",
    cases: 4_000,
    input: words,
    read: readWords,
    // The command tree turns these into usage errors.
    isDocumented: (error) => error instanceof CommanderError,
  }),
];
