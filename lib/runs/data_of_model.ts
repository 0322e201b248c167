import { join, resolve } from "node:path";
import { type DataConfig, imageSideOf, isResized } from "../datasets/data_config.ts";
import { isDatasetPresent } from "../datasets/dataset_present.ts";
import { holdsFolders } from "../datasets/find_data_folder.ts";
import { readFolderLayout } from "../datasets/folder_layout.ts";
import { syntheticFolder } from "../datasets/synthetic.ts";
import { DataError } from "../errors.ts";
import { pathExists } from "../files/path_exists.ts";
import { quoteWord } from "../safe_text.ts";

/** A folder of pictures of which all are taken, brought to the size of other images. */
function asPictures(data: DataConfig, given: Partial<DataConfig>): DataConfig {
  return {
    ...data,
    dataset: "folder",
    images: null,
    testImages: given.testImages ?? null,
    imageSize: imageSideOf(data),
    resizeTo: isResized(data.dataset) ? data.resizeTo : null,
  };
}

/** Whether the dataset is where somebody says; synthetic images are drawn wherever nothing else is meant. */
async function isThere(data: DataConfig, saved: DataConfig): Promise<boolean> {
  const { dataset, directory } = data;
  if (dataset !== "synthetic") return dataset === "folder" || await isDatasetPresent(data);
  return resolve(directory) === resolve(saved.directory) ||
    await pathExists(join(directory, syntheticFolder));
}

/**
 * Leaves the place of images out that is not there, for a run of synthetic images: a plan names one though they are drawn.
 *
 * @param saved The data of the run.
 * @param given What replaces fields of it.
 * @returns The same, or without the folder.
 */
export async function withoutAbsentFolder(
  saved: DataConfig,
  given: Partial<DataConfig> = {},
): Promise<Partial<DataConfig>> {
  const { directory, ...others } = given;
  const isAbsent = saved.dataset === "synthetic" && directory !== undefined &&
    !await pathExists(directory);
  return isAbsent ? others : given;
}

/** What is wrong with a folder that was named for a model of synthetic images. */
function notSynthetic(directory: string, cause: DataError): DataError {
  return new DataError(
    `Cannot find images in ${directory}: synthetic images, which the model was trained on, are not there, and pictures ` +
      `by class are not either (${cause.message}); leave out --data to have the synthetic images drawn, or name a folder ` +
      "of pictures",
    { cause },
  );
}

/**
 * Finds the images that a trained model is to look at: those of its run, the same dataset in another folder, or, where
 * the folder holds no such dataset but pictures by class, these.
 *
 * @param saved The data of the run.
 * @param given What replaces fields of it.
 * @returns The data.
 * @throws {DataError} if the folder that is given holds other folders, but neither the dataset nor pictures by class; of
 * synthetic images, whatever else it holds: they would be drawn, and their figures taken for those of the folder.
 */
export async function dataOfModel(
  saved: DataConfig,
  given: Partial<DataConfig> = {},
): Promise<DataConfig> {
  const data = { ...saved, ...given };
  const { dataset, directory } = data;
  if (given.directory === undefined || given.dataset !== undefined) return data;
  if (await isThere(data, saved)) return data;
  try {
    await readFolderLayout(directory);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // What is empty or not there is no folder of pictures either: whoever loads the dataset says how to fetch it.
    if (dataset === "synthetic") throw notSynthetic(directory, error);
    if (!holdsFolders(directory)) return data;
    throw new DataError(
      `Cannot find images in ${directory}: ${dataset}, which the model was trained on, is not there, and pictures ` +
        `by class are not either (${error.message}); fetch it with "fetch-data ${dataset} --directory ` +
        `${quoteWord(directory)}", or name the folder that holds the ones or the others (--data)`,
      { cause: error },
    );
  }
  return asPictures(data, given);
}
