/**
 * Random numbers derived from a seed and a purpose, without hidden state.
 *
 * @module
 */

export * from "./random_stream.ts";
export * from "./shuffled_indices.ts";
