import assert from "node:assert/strict";
import { join } from "node:path";
import { readGitCommit } from "../../../lib/runs/git_commit.ts";
import { withFolder } from "../../helpers/with_folder.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), text);
  }
}

Deno.test("readGitCommit() reads the branch of a checkout, from any folder in it", () =>
  withFolder(async (folder) => {
    await write(folder, {
      ".git/HEAD": "ref: refs/heads/work\n",
      ".git/refs/heads/work": `${COMMIT}\n`,
      "inner/deeper/file": "",
    });
    assert.equal(await readGitCommit(folder), COMMIT);
    assert.equal(await readGitCommit(join(folder, "inner", "deeper")), COMMIT);
  }));

Deno.test("readGitCommit() reads a packed branch, a lone commit, and a worktree", () =>
  withFolder(async (folder) => {
    await write(folder, {
      "packed/.git/HEAD": "ref: refs/heads/main\n",
      "packed/.git/packed-refs": `# pack-refs\n${OTHER} refs/heads/other/main\n` +
        `${COMMIT} refs/heads/main\n^${OTHER}\n`,
      "detached/.git/HEAD": `${COMMIT}\n`,
      "tree/.git": "gitdir: ../packed/.git/worktrees/tree\n",
      "packed/.git/worktrees/tree/HEAD": "ref: refs/heads/main\n",
      "packed/.git/worktrees/tree/commondir": "../..\n",
    });
    for (const name of ["packed", "detached", "tree"]) {
      assert.equal(await readGitCommit(join(folder, name)), COMMIT, name);
    }
  }));

Deno.test("readGitCommit() finds nothing where there is no commit, and follows no odd name", () =>
  withFolder(async (folder) => {
    await write(folder, {
      "fresh/.git/HEAD": "ref: refs/heads/main\n",
      "odd/.git/HEAD": "ref: refs/../../secret\n",
      "secret": `${COMMIT}\n`,
      "broken/.git": "nonsense",
      "broken/.git-file": "",
    });
    for (const name of ["fresh", "odd", "broken"]) {
      assert.equal(await readGitCommit(join(folder, name)), null, name);
    }
  }));
