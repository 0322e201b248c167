/** Names of all models, in the order in which they are listed. A file of its own: help texts need no tensors. */
export const modelNames = [
  "puppet-cnn",
  "fixed-cnn",
  "puppet-alexnet",
  "puppet-vgg",
  "puppet-resnet",
  "alexnet",
  "vgg",
  "resnet",
  "mobilenet-v1",
  "mobilenet-v2",
  "squeezenet",
  "dfn",
  "weightnet",
  "ddfn-sw",
  "branchynet",
  "skipnet",
  "drnn",
] as const;

/** Name of a model. */
export type ModelName = typeof modelNames[number];
