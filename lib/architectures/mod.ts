/**
 * Networks as data: lists of layers without tensors, and what they cost.
 *
 * @module
 */

export * from "./alexnet.ts";
export * from "./count_layers.ts";
export * from "./layer.ts";
export * from "./mobilenet_v1.ts";
export * from "./mobilenet_v2.ts";
export * from "./plain.ts";
export * from "./resnet.ts";
export * from "./squeezenet.ts";
export * from "./vgg.ts";
