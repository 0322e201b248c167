/** Folder of the checkpoints within a run folder. */
export const CHECKPOINTS_FOLDER = "checkpoints";
