import { describeKey } from "./config_values.ts";
import { describeDefault } from "./describe_default.ts";
import { CONFIG_KEYS, type ConfigKey } from "./experiment_config.ts";

const HEAD = ["Key", "Option", "Values", "Default", "Meaning"];

function rowOf(key: ConfigKey): string[] {
  const { path, option, allowed } = key;
  return [
    `\`${path}\``,
    `\`${option}\``,
    allowed,
    describeDefault(key),
    describeKey(key),
  ].map((text) => text.replaceAll("|", "\\|"));
}

/** A Markdown table whose columns are as wide as their widest cell, as `deno fmt` leaves it. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((head, at) =>
    Math.max(head.length, ...rows.map((row) => row[at]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(HEAD), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/**
 * Writes the reference of the configuration: every key with its option, values, default and meaning.
 *
 * @returns Markdown, one section with a table for every section of the configuration.
 */
export function configReference(): string {
  const sections = Map.groupBy(CONFIG_KEYS, ({ path }) => path.split(".")[0]!);
  return [...sections].map(([name, keys]) => `## ${name}\n\n${tableOf(keys.map(rowOf))}\n`)
    .join("\n");
}
