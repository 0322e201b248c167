import { countCell, decimalCell, shareCell } from "../cells.ts";
import type { ReportPicture, ReportPictures } from "../choose_pictures.ts";
import type { ImagesBlock, ReportBlock, ReportImage, ReportSection } from "../report_document.ts";
import { countOf } from "../../count_of.ts";

function verdict({ className, predicted, confidence }: ReportPicture): string {
  const share = shareCell(confidence).text;
  return className === predicted ? `right, ${share}` : `taken for ${predicted}, ${share}`;
}

function imageOf(picture: ReportPicture, caption: string): ReportImage {
  const { index, source, className, complexity } = picture;
  const alternative = `Test image ${index}, ${className}, complexity ${
    decimalCell(complexity, 2).text
  }`;
  return { source, caption, alternative };
}

function block(caption: string, images: readonly ReportImage[], note: string): ReportBlock[] {
  const pictures: ImagesBlock = { kind: "images", caption, images, pixelated: false, note };
  return images.length === 0 ? [] : [pictures];
}

/**
 * Evaluated images to look at.
 *
 * @param pictures The images.
 * @returns Examples by depth, confident mistakes, what classes are taken for; `null` without images.
 */
export function pictureSection(pictures: ReportPictures | null | undefined): ReportSection | null {
  if (!pictures) return null;
  const { byDepth, mistakes, takenFor } = pictures;
  const blocks = [
    ...block(
      "Examples by depth",
      byDepth.map((picture) =>
        imageOf(
          picture,
          `${countOf(picture.depth, "layer")}: ${picture.className}, ${verdict(picture)}`,
        )
      ),
      "The first test images of every depth. The share is the probability that the model gives its answer.",
    ),
    ...block(
      "The most confident mistakes",
      mistakes.map((picture) => imageOf(picture, `${picture.className}, ${verdict(picture)}`)),
      "Wrong answers that the model is surest of: look here for wrong labels too.",
    ),
    ...block(
      "What each class is taken for",
      takenFor.map(({ className, predicted, images, support, picture }) =>
        imageOf(
          picture,
          `${className}: ${countCell(images).text} of ${
            countCell(support).text
          } taken for ${predicted}`,
        )
      ),
      "The most frequent wrong answer to every class, and the image that gets it with most confidence.",
    ),
  ];
  return blocks.length === 0 ? null : { title: "Pictures", blocks };
}
