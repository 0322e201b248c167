import { type DataConfig, imageSideOf, isResized } from "../datasets/data_config.ts";
import { isDatasetPresent } from "../datasets/dataset_present.ts";
import { holdsFolders } from "../datasets/find_data_folder.ts";
import { readFolderLayout } from "../datasets/folder_layout.ts";
import { DataError } from "../errors.ts";

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

/**
 * Finds the images that a trained model is to look at: those of its run, the same dataset in another folder, or, where
 * the folder holds no such dataset but pictures by class, these.
 *
 * @param saved The data of the run.
 * @param given What replaces fields of it.
 * @returns The data.
 * @throws {DataError} if the folder that is given holds other folders, but neither the dataset nor pictures by class.
 */
export async function dataOfModel(
  saved: DataConfig,
  given: Partial<DataConfig> = {},
): Promise<DataConfig> {
  const data = { ...saved, ...given };
  const { dataset, directory } = data;
  const mayBeOthers = given.directory !== undefined && given.dataset === undefined;
  if (!mayBeOthers || dataset === "folder" || await isDatasetPresent(data)) return data;
  try {
    await readFolderLayout(directory);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    // What is empty or not there is no folder of pictures either: whoever loads the dataset says how to fetch it.
    if (!holdsFolders(directory)) return data;
    throw new DataError(
      `Cannot find images in ${directory}: ${dataset}, which the model was trained on, is not there, and pictures ` +
        `by class are not either (${error.message}); name the folder that holds the ones or the others (--data)`,
      { cause: error },
    );
  }
  return asPictures(data, given);
}
