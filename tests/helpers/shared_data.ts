import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder with real CIFAR-10 images beside the checkout, or `null` where it is absent. */
export const sharedDataDirectory: string | null = (() => {
  const path = fileURLToPath(new URL("../../../shared/data", import.meta.url));
  return existsSync(path) ? path : null;
})();
