import assert from "node:assert/strict";
import { join } from "node:path";
import { listFolder, listImageFolder } from "../../../lib/datasets/list_image_folder.ts";
import { readImageFile } from "../../../lib/datasets/read_image_file.ts";
import { loadPicture } from "../../../lib/runs/picture.ts";
import { writeImages } from "./helpers/image_files.ts";
import { withFolder } from "../../helpers/with_folder.ts";

/** Gives a file or folder a name of bytes that are no text, which Deno cannot write. */
async function renameToBytes(path: string, bytes: string): Promise<void> {
  const args = ["-c", 'mv "$0" "${0%/*}/$(printf "$1")"', path, bytes];
  assert.ok((await new Deno.Command("sh", { args }).output()).success);
}

Deno.test({
  name: "a picture or a folder whose name is not UTF-8 is to be renamed",
  // Other systems have no such names.
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder(async (folder) => {
      await writeImages(folder, ["cat/1.png", "class/2.png"]);
      await renameToBytes(join(folder, "cat", "1.png"), "b\\377\\376.png");
      await renameToBytes(join(folder, "class"), "cl\\377ass");
      const { images } = await listFolder(join(folder, "cat"));
      const file = join(folder, "cat", images[0]!.name);
      await assert.rejects(readImageFile(file), {
        name: "DataError",
        message: `Cannot read image: ${file} cannot be opened, its name is not UTF-8; rename it`,
      });
      await assert.rejects(loadPicture(file, { name: file, size: 4, resizeTo: 4 }), {
        name: "DataError",
        message:
          `Cannot read image ${file}: its name, or the list that names it, is not UTF-8; rename it, or save ` +
          "the list as UTF-8",
      });
      const inner = join(folder, "cl\ufffdass");
      const refusal = {
        name: "DataError",
        message: `Cannot list images: ${inner} cannot be read, its name is not UTF-8; rename it`,
      };
      await assert.rejects(listImageFolder(folder), refusal);
      // A link is none that leads nowhere.
      await Deno.mkdir(join(folder, "linked"));
      await Deno.symlink(join(folder, "cat"), join(folder, "linked", "link"));
      await renameToBytes(join(folder, "linked", "link"), "li\\377nk");
      await assert.rejects(
        listFolder(join(folder, "linked")),
        /nk cannot be read, its name is not/,
      );
    }),
});

Deno.test("readImageFile() says of a file that is gone to put it back", () =>
  withFolder(async (folder) => {
    const file = join(folder, "gone.png");
    await assert.rejects(
      readImageFile(file),
      {
        message:
          `Cannot read image: ${file} cannot be opened; put it back or load the folder again`,
      },
    );
  }));
