import assert from "node:assert/strict";
import { openDataset } from "../../../lib/api/open_dataset.ts";
import { UsageError } from "../../../lib/errors.ts";

Deno.test("openDataset() refuses a name that it does not know, with the one that was meant", async () => {
  await assert.rejects(
    openDataset("cifar-10" as "cifar10"),
    (error) => error instanceof UsageError && /did you mean "cifar10"/.test(error.message),
  );
});
