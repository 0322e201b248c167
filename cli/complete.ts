import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { script, ShellCompDirective } from "@bomb.sh/tab";
import { UsageError } from "../lib/errors.ts";
import { writeText } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { addHelpSections, debugOption } from "./shared_options.ts";
import { suggestWords } from "./suggest_words.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/**
 * Answers a shell that asks what can stand at the cursor, in the form of Cobra's scripts: a word and its meaning per line,
 * then what the shell may add.
 *
 * @param program The program, with the command in full that the words name.
 * @param words Words of the command line without the program, the one at the cursor last.
 */
export async function answerShell(
  program: CommandUnknownOpts,
  words: readonly string[],
): Promise<void> {
  const last = words.at(-1) ?? "";
  const found = await suggestWords(program, words);
  const fitting = found.words.filter(([word]) => word.startsWith(last));
  const files = found.files
    ? ShellCompDirective.ShellCompDirectiveDefault
    : ShellCompDirective.ShellCompDirectiveNoFileComp;
  // Behind `model.solver=` its value comes next, without a space.
  const space = fitting.some(([word]) => word.endsWith("="))
    ? ShellCompDirective.ShellCompDirectiveNoSpace
    : 0;
  const directive = files | space;
  const lines = fitting.map(([word, meaning]) => `${word}\t${meaning.split("\n")[0]}\n`);
  writeText(`${lines.join("")}:${directive}\n`, "stdout");
}

/** For bash a new word begins behind "=" (COMP_WORDBREAKS): what stands before it would come twice. */
const BEHIND_EQUALS = `
__puppet_cnn_complete_word() {
    __puppet_cnn_complete
    local cur
    _get_comp_words_by_ref -n "=:" cur
    if [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*=}"}"}")
    fi
}

complete -F __puppet_cnn_complete_word puppet-cnn`;

/** The script of a shell; the package prints it. */
function scriptFor(shell: typeof SHELLS[number]): string {
  const lines: string[] = [];
  const { log } = console;
  console.log = (text: string) => void lines.push(text);
  try {
    script(shell, PROGRAM, PROGRAM);
  } finally {
    console.log = log;
  }
  if (shell === "bash") {
    lines.push(BEHIND_EQUALS);
    // Read-only names cannot be set again: by another program's script of the same package, or by ~/.bashrc read anew.
    return `${lines.join("\n").replaceAll(/^readonly (?=\w+=)/gm, "")}\n`;
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Makes the command `complete`.
 *
 * @returns The command, to be added to the program.
 */
export function completeCommand(): CommandUnknownOpts {
  const command = new Command("complete")
    .description(
      "Prints a script that lets a shell complete commands, options, their values and run folders. The shell must " +
        "find the program by one word: install it first.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addOption(debugOption())
    .action((shell) => {
      if (/\s/.test(PROGRAM)) {
        throw new UsageError(
          `Cannot complete "${PROGRAM}": a shell completes programs of one word; install the command puppet-cnn ` +
            'with "deno install -g" and ask it',
        );
      }
      writeText(scriptFor(shell), "stdout");
    });
  addHelpSections(command, [
    ["complete bash >> ~/.bashrc", "for bash, from the next shell on"],
    ["complete zsh > ~/.zsh/_puppet-cnn", "for zsh, in a folder of its fpath"],
    ["complete fish > ~/.config/fish/completions/puppet-cnn.fish", "for fish"],
  ]);
  return command;
}
