import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { repositoryRoot } from "../helpers/run_command.ts";
import { withFolder } from "../helpers/with_folder.ts";

async function writePicture(file: string, level: number): Promise<void> {
  const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => level + (at * 37) % 29);
  await Deno.writeFile(file, encode({ width: 32, height: 32, data, channels: 3, depth: 8 }));
}

Deno.test("the lines of library in the README do what they say", () =>
  withFolder(async (folder) => {
    const readme = await Deno.readTextFile(join(repositoryRoot, "README.md"));
    const [code, ...others] = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) =>
      text!
    );
    assert.equal(others.length, 0);
    for (const [name, level] of [["dark", 30], ["light", 200]] as const) {
      await Deno.mkdir(join(folder, "pictures", name), { recursive: true });
      for (let index = 0; index < 20; index++) {
        await writePicture(join(folder, "pictures", name, `${index}.png`), level + index);
      }
    }
    await writePicture(join(folder, "new.jpg"), 35);
    await writePicture(join(folder, "newer.jpg"), 210);
    // Ten epochs take a while; that the lines run shows in one.
    await Deno.writeTextFile(join(folder, "example.ts"), code!.replace("epochs: 10", "epochs: 1"));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--allow-all", "--config", join(repositoryRoot, "deno.json")],
        join(folder, "example.ts"),
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.match(text, /epoch: 1,/);
    assert.match(text, /className: "(?:dark|light)"/);
    assert.match(text, /\n0\n$/);
  }));
