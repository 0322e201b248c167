import assert from "node:assert/strict";
import { join } from "node:path";
import { encode } from "fast-png";
import { repositoryRoot } from "../helpers/run_command.ts";
import { normalValues } from "../helpers/tensors.ts";
import { withFolder } from "../helpers/with_folder.ts";

const SIDE = 32;

/** A bright or a dark picture with some noise. */
async function writePicture(file: string, level: number): Promise<string> {
  const data = Uint8Array.from(
    normalValues(SIDE * SIDE * 3, file.slice(-12)),
    (value) => Math.min(Math.max(level + 20 * value, 0), 255),
  );
  await Deno.writeFile(file, encode({ width: SIDE, height: SIDE, data, channels: 3, depth: 8 }));
  return file;
}

Deno.test("docs/examples/own_pictures.ts trains on a folder and tells new pictures apart", () =>
  withFolder(async (folder) => {
    const pictures = join(folder, "pictures");
    for (const [name, level] of [["dark", 60], ["light", 190]] as const) {
      await Deno.mkdir(join(pictures, name), { recursive: true });
      for (let index = 0; index < 30; index++) {
        await writePicture(join(pictures, name, `${name}-${index}.png`), level);
      }
    }
    const unseen = [
      await writePicture(join(folder, "evening.png"), 60),
      await writePicture(join(folder, "noon.png"), 190),
    ];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--allow-all", "--config", join(repositoryRoot, "deno.json")],
        join(repositoryRoot, "docs/examples/own_pictures.ts"),
        pictures,
        ...unseen,
      ],
      // The run folder goes below the current one.
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.match(text, /epoch: 10,/);
    assert.match(text, /evening\.png: dark, \d+ layers/);
    assert.match(text, /noon\.png: light, \d+ layers/);
    const [run] = [...Deno.readDirSync(join(folder, "runs"))];
    assert.match(run!.name, /^folder-puppet-cnn-\d{8}T\d{6}Z$/);
  }));
