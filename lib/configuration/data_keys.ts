import { nonEmptyText, oneOf, realBelow, whole, wholeOrNull } from "./config_values.ts";

/** The keys of the section `data`. Which images. */
export const dataKeys = {
  dataset: oneOf(["cifar10", "cifar100", "mini-imagenet", "synthetic", "folder"], {
    description: "dataset",
    default: "cifar10",
    option: "--dataset <name>",
  }),
  directory: nonEmptyText({
    description: "folder that holds the dataset",
    default: "data",
    option: "--data <folder>",
    mayChange: true,
    isPlace: true,
  }),
  images: wholeOrNull(1, 1e9, {
    description: "images taken from the training part, validation included",
    default: 10_000,
    option: "--images <count>",
    orNull: ["all", "takes all"],
  }),
  validationFraction: realBelow(0, 1, {
    description: "share of those images held out for validation",
    default: 0.2,
    option: "--validation-fraction <share>",
  }),
  selection: oneOf(["random", "first"], {
    description: "random draws the images by seed; first keeps the order of the files",
    default: "random",
    option: "--selection <rule>",
  }),
  testImages: wholeOrNull(1, 1e9, {
    description:
      "test images to evaluate: the first ones, or evenly spaced ones where they are image files",
    default: null,
    option: "--test-images <count>",
    orNull: ["all", "takes all"],
  }),
  imageSize: whole(8, 1024, {
    description:
      "side in pixels of the images of a folder or of synthetic images; if not given, a folder's is chosen to suit its images",
    default: 32,
    option: "--image-size <pixels>",
  }),
  resizeTo: wholeOrNull(8, 2048, {
    description:
      "side to which images of a folder are resized before image-size is cut out, at random in " +
      "training, else from the centre",
    default: null,
    option: "--resize-to <pixels>",
    orNull: ["none", "resizes to image-size alone"],
  }),
  splitSeed: wholeOrNull(0, 2 ** 32 - 1, {
    description: "seed of the draw of images and validation part",
    default: null,
    option: "--split-seed <number>",
    orNull: ["run", "takes the run's seed"],
  }),
  classes: whole(2, 100, {
    description: "classes of the synthetic dataset",
    default: 10,
    option: "--classes <count>",
  }),
};
