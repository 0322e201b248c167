import { join } from "node:path";
import { repositoryRoot } from "./run_command.ts";

/** A page of the documentation. */
export interface Page {
  /** Path in the repository, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** A command line of a page. */
export interface PageCommand {
  /** `docs/training.md: deno task puppet ...`, for messages. */
  readonly place: string;
  /** Words without the shell's quotes, variables of the block put in. */
  readonly words: readonly string[];
}

const FOLDERS = ["", "docs", "results", "tests", "models"];

async function* listPages(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(repositoryRoot, folder))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory && folder === "models") yield* listPages(path);
    else if (entry.isFile && entry.name.endsWith(".md")) yield path;
  }
}

/** All pages that the repository holds, in order of their paths. */
export async function readPages(): Promise<Page[]> {
  const files: string[] = [];
  for (const folder of FOLDERS) files.push(...await Array.fromAsync(listPages(folder)));
  return await Promise.all(
    files.sort().map(async (file) => ({
      file,
      text: await Deno.readTextFile(join(repositoryRoot, file)),
    })),
  );
}

/** A page without its fenced blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^```[^\n]*\n[\s\S]*?^```$/gm, "");
}

/** Words of a shell's line; a remark ends it. */
function splitWords(line: string): string[] {
  const words = line.match(/#.*|(?:"[^"]*"|'[^']*'|[^\s"'#][^\s"']*)+/g) ?? [];
  const remark = words.findIndex((word) => word.startsWith("#"));
  return (remark < 0 ? words : words.slice(0, remark)).map((word) => word.replaceAll(/["']/g, ""));
}

/** Lines of a block of commands, variables of the block put in where they are used. */
function* commandsOf(block: string): Generator<string[]> {
  const variables = new Map<string, string>();
  for (const line of block.replaceAll(/\\\n\s*/g, "").split("\n")) {
    const filled = line.replaceAll(/\$([A-Z]+)/g, (all, name) => variables.get(name) ?? all);
    const assigned = /^([A-Z]+)=(?:"([^"]*)"|(\S*))$/.exec(filled);
    if (assigned !== null) {
      variables.set(assigned[1]!, assigned[2] ?? assigned[3]!);
      continue;
    }
    // Of a pipe only the first program is ours, and where its output goes does not matter.
    const words = splitWords(filled.split(/\s(?:\||>>?)\s/)[0]!);
    if (words.length > 0) yield words;
  }
}

/** Command lines in the blocks of a page that a shell reads. */
export function commandsIn(page: Page): PageCommand[] {
  const blocks = [...page.text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, block]) =>
    [...commandsOf(block!)].map((words) => ({ place: `${page.file}: ${words.join(" ")}`, words }))
  );
}
