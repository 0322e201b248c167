import { join } from "node:path";
import { checkClassNames, cifarLayouts, readCifarBinary } from "./cifar_binary.ts";
import type { DatasetParts } from "./dataset.ts";
import { findDataFolder, missingDataset } from "./find_data_folder.ts";

/** Folder name of the official archive. */
export const cifar100Folder = "cifar-100-binary";

/** Training file of the official archive, 50,000 records. */
export const cifar100TrainFile = "train.bin";

/** Test file of the official archive, 10,000 records. */
export const cifar100TestFile = "test.bin";

/** File of the official archive that lists the fine classes. */
export const cifar100NamesFile = "fine_label_names.txt";

/** The 100 fine class names in the order of the labels (Krizhevsky 2009). */
export const cifar100ClassNames: readonly string[] = `
  apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
  bowl boy bridge bus butterfly camel can castle caterpillar cattle
  chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
  dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
  lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
  mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
  plain plate poppy porcupine possum rabbit raccoon ray road rocket
  rose sea seal shark shrew skunk skyscraper snail snake spider
  squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
  train trout tulip turtle wardrobe whale willow_tree wolf woman worm
`.trim().split(/\s+/);

/**
 * Loads CIFAR-100 from the official binary files, with the 100 fine classes.
 *
 * @param directory The folder with the files, or its parent.
 * @returns Training and test part, 32 x 32 pixels, in memory.
 * @throws {DataError} if files are missing or damaged.
 */
export async function loadCifar100(directory: string): Promise<DatasetParts> {
  const search = { name: "cifar100", folder: cifar100Folder, markers: [cifar100TrainFile] };
  const found = await findDataFolder(directory, search);
  if (found === null) throw missingDataset(directory, search);
  await checkClassNames(join(found, cifar100NamesFile), cifar100ClassNames);
  const reading = { name: "cifar100", classNames: cifar100ClassNames };
  const layout = cifarLayouts.cifar100;
  return {
    train: await readCifarBinary(layout, [join(found, cifar100TrainFile)], reading),
    test: await readCifarBinary(layout, [join(found, cifar100TestFile)], reading),
  };
}
