/**
 * Most channels for `tf.avgPool`. XNNPACK keeps a float32 per channel on WebAssembly's stack of 64 KiB while it averages
 * windows of more than seven positions; with more than 16,000 channels it overwrites other tensors instead of failing.
 */
export const MOST_POOLED_CHANNELS = 8192;
