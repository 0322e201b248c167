import type { ComplexityMeasure, RgbImage } from "./complexity_measure.ts";
import { checkRgbImage, greyImage, type ImageSize } from "./grey_image.ts";

/** What distinguishes one measure on grey images from another. */
export interface GreyMeasureOptions {
  /** Name in the registry. */
  readonly name: string;
  /** Unit of the result. */
  readonly unit: string;
  /** One sentence for help texts. */
  readonly description: string;
  /** Mean over CIFAR-10 training images. */
  readonly referenceMean: number;
  /** The measure itself, on grey levels `[height, width]`, uint8. */
  readonly ofGrey: (grey: Uint8Array, size: ImageSize) => number;
}

/**
 * Makes a complexity measure of colour images from a function of grey images.
 *
 * @param options Name, unit, description and the function.
 * @returns The measure. It keeps one grey image of the last size, so that a batch allocates nothing per image.
 */
export function greyMeasure(options: GreyMeasureOptions): ComplexityMeasure {
  const { ofGrey, ...labels } = options;
  let scratch = new Uint8Array(0);
  function measure(image: RgbImage): number {
    const count = checkRgbImage(image, "measure the complexity of the image");
    const { height, width } = image;
    if (scratch.length !== count) scratch = new Uint8Array(count);
    return ofGrey(greyImage(image, scratch), { height, width });
  }
  return { ...labels, measure };
}
