import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";

/** The options that stand on the command line, in the order of the help. */
function givenOptions(command: CommandUnknownOpts): Option[] {
  return command.options.filter((option) => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== "cli") return false;
    // `--train` and `--no-train` are two options with one value.
    const isPair = command.options.some((other) =>
      other !== option && other.attributeName() === name
    );
    return !isPair || option.negate === (command.getOptionValue(name) === false);
  });
}

/**
 * Refuses an option that would make no difference, where it was given: whoever gave it means something by it, and would
 * take the answer for the one that was asked for.
 *
 * @param command The command, parsed.
 * @param isIdle Whether an option makes no difference here.
 * @param why Rest of the sentence after the option's name, with what to do instead; it may tell of the option.
 * @throws {UsageError} for the first option that was given and makes no difference.
 */
export function refuseIdleOptions(
  command: CommandUnknownOpts,
  isIdle: (option: Option) => boolean,
  why: string | ((option: Option) => string),
): void {
  const idle = givenOptions(command).find(isIdle);
  if (idle === undefined) return;
  throw new UsageError(`Cannot use ${idle.long} ${typeof why === "string" ? why : why(idle)}`);
}

/** Options that say which images of a part are taken, with the parts that they take from. */
const PARTS_OF_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  "--test-images": ["test"],
  "--images": ["train", "validation"],
  "--validation-fraction": ["train", "validation"],
  "--selection": ["train", "validation"],
  "--seed": ["train", "validation"],
};

/**
 * Refuses options that choose among the images of another part than the one that is looked at, unless this one is
 * chosen from too: who says both knows the parts.
 *
 * @param command The command, parsed.
 * @param part The part: `test`, `validation` or `train`.
 * @throws {UsageError} if there is such an option.
 */
export function refuseOtherParts(command: CommandUnknownOpts, part: string): void {
  const partsOf = ({ long }: Option) => PARTS_OF_OPTIONS[long ?? ""];
  if (givenOptions(command).some((option) => partsOf(option)?.includes(part))) return;
  const why = part === "test"
    ? "with the test images, of which --test-images takes some; or name another part with --part"
    : `with --part ${part}: it takes some of the test images`;
  refuseIdleOptions(command, (option) => partsOf(option) !== undefined, why);
}
