import assert from "node:assert/strict";
import { openDataset } from "../../../lib/api/open_dataset.ts";
import { DataError, UsageError } from "../../../lib/errors.ts";

Deno.test("openDataset() refuses a name that it does not know, with the one that was meant", async () => {
  await assert.rejects(
    openDataset("cifar-10" as "cifar10"),
    (error) => error instanceof UsageError && /did you mean "cifar10"/.test(error.message),
  );
});

Deno.test("openDataset() takes a URL of its folder, and refuses arguments of another type", async () => {
  const { test } = await openDataset("synthetic", {
    directory: new URL("none", import.meta.url),
    imageSize: 16,
  });
  assert.equal(test.height, 16);
  for (const options of [null, 5, "data", [], { directory: 5 }, { imageSize: "32" }]) {
    await assert.rejects(
      openDataset("synthetic", options as unknown as Record<string, never>),
      TypeError,
    );
  }
  await assert.rejects(
    openDataset("synthetic", { dataset: "folder" } as Record<string, string>),
    /unknown key dataset; known keys: directory, imageSize/,
  );
  for (const name of [undefined, null, 5]) {
    await assert.rejects(
      openDataset(name as unknown as "synthetic"),
      /^TypeError: Cannot open a dataset: the first argument must be its name/,
    );
  }
});

Deno.test("openDataset() refuses a size where images have their own", async () => {
  await assert.rejects(
    openDataset("cifar10", { directory: "none", imageSize: 64 }),
    (error) =>
      error instanceof UsageError &&
      /its images have 32 x 32 pixels, imageSize 64 .*leave it out/.test(error.message),
  );
  await assert.rejects(openDataset("cifar10", { directory: "none", imageSize: 32 }), DataError);
});
