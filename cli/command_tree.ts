import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Help,
} from "@commander-js/extra-typings";
import { UsageError } from "../lib/errors.ts";
import { EXIT_CODES_HELP } from "./exit_codes.ts";
import { ClosedOutputError, hasColor, writeText } from "./output.ts";
import { PROGRAM } from "./program_name.ts";
import { refuseEmptyWords } from "./refuse_empty_words.ts";
import { TOOLKIT_VERSION } from "../lib/runs/toolkit_version.ts";
import { usageErrorFrom } from "./usage_error.ts";

/** One sub-command: what `--help` says about it, and how to get the rest. */
interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's file; nothing of it is loaded before the command is asked for. */
  readonly load: () => Promise<CommandUnknownOpts>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: "fetch-data",
    summary: "download a dataset and check it",
    load: async () => (await import("./fetch_data.ts")).fetchDataCommand(),
  },
  {
    name: "train",
    summary: "train a model, or continue a training",
    load: async () => (await import("./train.ts")).trainCommand(),
  },
  {
    name: "eval",
    summary: "measure a trained model on a labelled dataset",
    load: async () => (await import("./eval.ts")).evalCommand(),
  },
  {
    name: "predict",
    summary: "classify image files with a trained model",
    load: async () => (await import("./predict.ts")).predictCommand(),
  },
  {
    name: "export",
    summary: "write a trained model for use, without what only training needs",
    load: async () => (await import("./export.ts")).exportCommand(),
  },
  {
    name: "analyze-depth",
    summary: "show how complexity and depth are spread over a dataset",
    load: async () => (await import("./analyze_depth.ts")).analyzeDepthCommand(),
  },
  {
    name: "param-scaling",
    summary: "count parameters by width and depth (Table 7, Figure 4)",
    load: async () => (await import("./param_scaling.ts")).paramScalingCommand(),
  },
  {
    name: "compare",
    summary: "compare tables of the paper, or runs, side by side",
    load: async () => (await import("./compare.ts")).compareCommand(),
  },
  {
    name: "sweep",
    summary: "train many settings, here or on a cluster",
    load: async () => (await import("./sweep.ts")).sweepCommand(),
  },
  {
    name: "models",
    summary: "list the models with their sizes and multiply-adds",
    load: async () => (await import("./models.ts")).modelsCommand(),
  },
  {
    name: "report",
    summary: "write a report page of runs and analyses",
    load: async () => (await import("./report.ts")).reportCommand(),
  },
  {
    name: "doctor",
    summary: "check what works on this machine, and how to fix the rest",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
  {
    name: "complete",
    summary: "print a script with which a shell completes words",
    load: async () => (await import("./complete.ts")).completeCommand(),
  },
];

const EXAMPLES_HELP = `Examples:
  # see what works here
  ${PROGRAM} doctor
  # get the images, train on them, measure the result
  ${PROGRAM} fetch-data cifar10
  ${PROGRAM} train --run runs/first
  ${PROGRAM} eval runs/first
  # all options of one command
  ${PROGRAM} train --help`;

/** Help whose list of commands shows names and summaries only. */
class PlainHelp extends Help {
  override subcommandTerm(command: CommandUnknownOpts): string {
    return command.name();
  }
}

/** The name of the sub-command in the arguments (`train`, `help train`), if there is one. */
function requestedCommand(argv: readonly string[]): string | undefined {
  // No option of the program itself takes a value, so the first word is the command.
  const words = argv.filter((word) => !word.startsWith("-"));
  return words[0] === "help" && words.length > 1 ? words[1] : words[0];
}

function isKnown(name: string | undefined): boolean {
  return COMMANDS.some((entry) => entry.name === name);
}

/**
 * Makes the program: the requested command in full, the others by name and summary.
 *
 * @param requested Name of the command.
 * @returns The program; nothing has been parsed.
 */
export async function createProgram(requested: string | undefined): Promise<Command> {
  const program = new Command(PROGRAM)
    .description("Puppet-CNN: convolutional networks whose kernels a small neural ODE generates.")
    .version(TOOLKIT_VERSION, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command, or of all with --all")
    .addHelpText("after", `\n${EXAMPLES_HELP}\n\n${EXIT_CODES_HELP}`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => writeText(text, "stdout"),
      writeErr: (text) => writeText(text, "stderr"),
      // The parser's own answer needs the permission to read the environment even for --help.
      getOutHasColors: () => hasColor("stdout"),
      getErrHasColors: () => hasColor("stderr"),
      // The message travels in the error; main.ts prints it.
      outputError: () => {},
    });
  program.hook("preAction", (_, command) => refuseEmptyWords(command));
  program.createHelp = () => new PlainHelp();
  for (const entry of COMMANDS) {
    const command = entry.name === requested ? await entry.load() : new Command(entry.name);
    command.copyInheritedSettings(program);
    command.helpOption("-h, --help", "show this help").summary(entry.summary);
    program.addCommand(command);
  }
  return program;
}

/** What a shell asks for while somebody types. */
async function answerCompletion(words: readonly string[]): Promise<void> {
  const program = await createProgram(requestedCommand(words.slice(0, -1)));
  const { answerShell } = await import("./complete.ts");
  await answerShell(program, words);
}

/** The help of the program and of every command, as one text. */
async function showAllHelp(): Promise<void> {
  (await createProgram(undefined)).outputHelp();
  for (const { name } of COMMANDS) {
    const program = await createProgram(name);
    writeText(`\n${"-".repeat(80)}\n\n`, "stdout");
    program.commands.find((command) => command.name() === name)!.outputHelp();
  }
}

/**
 * Runs a command line.
 *
 * @param argv The arguments, without the program.
 * @throws {UsageError} if the arguments are wrong; and whatever the command throws.
 */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  if (argv[0] === "complete" && argv[1] === "--") return await answerCompletion(argv.slice(2));
  if (argv[0] === "help" && argv[1] === "--all") return await showAllHelp();
  const requested = requestedCommand(argv);
  const program = await createProgram(requested);
  const isUnknown = requested !== undefined && requested !== "help" && !isKnown(requested);
  try {
    // Other programs show their version for -v; in a command it may be a value or a file.
    const words = argv[0] === "-v" ? ["-V", ...argv.slice(1)] : argv;
    // The parser has no message for "help trian"; it has one for "trian".
    await program.parseAsync(isUnknown ? [requested] : words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    // Without any argument the parser has shown the help on stderr.
    if (error.code === "commander.help") {
      throw new UsageError(`No command given; name one, for example "${PROGRAM} doctor"`);
    }
    if (error.cause instanceof ClosedOutputError) throw error.cause;
    const command = program.commands.find((each) => each.name() === requested);
    throw usageErrorFrom(error, command);
  }
}
