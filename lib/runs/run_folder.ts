/** Folder of the checkpoints within a run folder. */
export const CHECKPOINTS_FOLDER = "checkpoints";

/** Name of the file in a run folder that holds the run's complete configuration. */
export const RUN_CONFIG_FILE = "config.yaml";
