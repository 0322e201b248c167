import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";

/** Whether a value is an empty text, or a list with one: what a shell makes of a variable that is not set. */
function isEmpty(value: unknown): boolean {
  return value === "" || (Array.isArray(value) && value.some(isEmpty));
}

/**
 * Refuses empty words before a command does anything: no option and no argument means anything by them, and an empty path
 * could be taken for the folder that the command stands in.
 *
 * @param command The command with its arguments and options, parsed.
 * @throws {UsageError} if one is an empty text.
 */
export function refuseEmptyWords(command: CommandUnknownOpts): void {
  const argument = command.registeredArguments.find((_, index) =>
    isEmpty(command.processedArgs[index])
  );
  const option = command.options.find((option) =>
    isEmpty(command.getOptionValue(option.attributeName()))
  );
  const name = argument === undefined ? option?.long ?? option?.short : `<${argument.name()}>`;
  if (name === undefined || name === null) return;
  throw new UsageError(
    `Cannot use ${name}: it must not be empty; leave it out, or check the variable that it comes from`,
  );
}
