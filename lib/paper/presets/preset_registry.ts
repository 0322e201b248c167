import { nearestWord } from "../../configuration/nearest_word.ts";
import { UsageError } from "../../errors.ts";
import { alexnet } from "./alexnet.ts";
import { alexnetCifar100 } from "./alexnet_cifar100.ts";
import { alexnetFull } from "./alexnet_full.ts";
import { alexnetMiniImagenet } from "./alexnet_mini_imagenet.ts";
import { branchynet } from "./branchynet.ts";
import { ddfnSw } from "./ddfn_sw.ts";
import { dfn } from "./dfn.ts";
import { drnn } from "./drnn.ts";
import { mobilenetV1 } from "./mobilenet_v1.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { puppetAlexnet } from "./puppet_alexnet.ts";
import { puppetAlexnetAdaptive } from "./puppet_alexnet_adaptive.ts";
import { puppetAlexnetFull } from "./puppet_alexnet_full.ts";
import { puppetCnn } from "./puppet_cnn.ts";
import { puppetCnnCifar100 } from "./puppet_cnn_cifar100.ts";
import { puppetCnnMiniImagenet } from "./puppet_cnn_mini_imagenet.ts";
import { puppetCnnRegularized } from "./puppet_cnn_regularized.ts";
import { puppetResnet } from "./puppet_resnet.ts";
import { puppetResnetAdaptive } from "./puppet_resnet_adaptive.ts";
import { puppetResnetFull } from "./puppet_resnet_full.ts";
import { puppetVgg } from "./puppet_vgg.ts";
import { puppetVggAdaptive } from "./puppet_vgg_adaptive.ts";
import { puppetVggFull } from "./puppet_vgg_full.ts";
import { resnet } from "./resnet.ts";
import { resnetCifar100 } from "./resnet_cifar100.ts";
import { resnetFull } from "./resnet_full.ts";
import { resnetMiniImagenet } from "./resnet_mini_imagenet.ts";
import { skipnet } from "./skipnet.ts";
import { squeezenet } from "./squeezenet.ts";
import { vgg } from "./vgg.ts";
import { vggCifar100 } from "./vgg_cifar100.ts";
import { vggFull } from "./vgg_full.ts";
import { vggMiniImagenet } from "./vgg_mini_imagenet.ts";
import { weightnet } from "./weightnet.ts";
import type { Preset } from "./preset.ts";

/** Every training that Tables 1 to 6 of the paper print, in the order of the tables; then what is ours. */
export const presets: readonly Preset[] = [
  dfn,
  weightnet,
  ddfnSw,
  branchynet,
  skipnet,
  drnn,
  puppetCnn,
  mobilenetV1,
  mobilenetV2,
  squeezenet,
  alexnet,
  puppetAlexnet,
  puppetAlexnetAdaptive,
  alexnetFull,
  puppetAlexnetFull,
  vgg,
  puppetVgg,
  puppetVggAdaptive,
  vggFull,
  puppetVggFull,
  resnet,
  puppetResnet,
  puppetResnetAdaptive,
  resnetFull,
  puppetResnetFull,
  alexnetCifar100,
  vggCifar100,
  resnetCifar100,
  puppetCnnCifar100,
  alexnetMiniImagenet,
  vggMiniImagenet,
  resnetMiniImagenet,
  puppetCnnMiniImagenet,
  puppetCnnRegularized,
];

/**
 * Finds a preset.
 *
 * @param name Name of a preset.
 * @returns The preset.
 * @throws {UsageError} if there is none of that name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(findPreset("vgg-full").rules.data?.images, null);
 * assert.throws(() => findPreset("vgg-ful"), /did you mean "vgg-full"/);
 * ```
 */
export function findPreset(name: string): Preset {
  const preset = presets.find((known) => known.name === name);
  if (preset !== undefined) return preset;
  const names = presets.map((known) => known.name);
  const meant = nearestWord(name, names);
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  throw new UsageError([
    `Cannot find preset "${name}"${hint}`,
    `The presets are ${names.join(", ")}`,
  ]);
}
