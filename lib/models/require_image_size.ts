import { sizeAfter } from "../architectures/count_layers.ts";
import { UsageError } from "../errors.ts";
import { layersOfEntry } from "./model_layers.ts";
import { modelEntry } from "./model_registry.ts";
import type { MapSize } from "../architectures/count_layers.ts";
import type { Layer } from "../architectures/layer.ts";
import type { ModelConfig } from "./model_config.ts";

/** A side that no model outgrows: the search ends here. */
const LARGEST_SIDE = 4096;

/**
 * Whether layers shrink an image to nothing: poolings drop odd rests, and a map without a pixel has no mean.
 *
 * @param layers Layers in order.
 * @param image Height and width of the image.
 * @returns `true` if no pixel is left.
 */
export function leaveNothing(layers: readonly Layer[], image: MapSize): boolean {
  const { height, width } = layers.reduce((at, layer) => sizeAfter(layer, at), image);
  return height < 1 || width < 1;
}

/** The layers that an image passes, by level; the number of classes makes no difference to them. */
function waysThrough(config: ModelConfig): (readonly Layer[])[] {
  const entry = modelEntry(config.name);
  if (entry.kind === "custom") return entry.backbone === null ? [] : [entry.backbone(2)];
  const { levels, layersOf } = layersOfEntry(entry, config, 2);
  return levels.list.map(layersOf);
}

/**
 * Makes sure that the poolings of a model leave something of the images. Backends do not: one never comes to an end,
 * another computes numbers that are none.
 *
 * @param config What fixes the model.
 * @param image Height and width of the images in pixels.
 * @throws {UsageError} if the images are too small.
 */
export function requireImageSize(config: ModelConfig, { height, width }: MapSize): void {
  const ways = waysThrough(config);
  const isTooSmall = (image: MapSize) => ways.some((layers) => leaveNothing(layers, image));
  if (!isTooSmall({ height, width })) return;
  let side = Math.min(height, width) + 1;
  while (side < LARGEST_SIDE && isTooSmall({ height: side, width: side })) side += 1;
  throw new UsageError(
    `Cannot use ${config.name} for images of ${height} x ${width} pixels: its poolings leave nothing of them; ` +
      `their side must be at least ${side}: raise imageSize (--image-size), or choose another model (--model)`,
  );
}
