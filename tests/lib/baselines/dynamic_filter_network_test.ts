import { createDynamicFilterNetwork } from "../../../lib/baselines/dynamic_filter_network.ts";
import { testGeneration, testSize } from "./dynamic_kernels.ts";

testSize("dfn", 18_971_402);

await testGeneration("dfn", createDynamicFilterNetwork, {
  naive: ({ means, parameter }) => (b, i, j, c, o) => {
    const squares = [0, 1, 2, 3].map((channel) => means.at(b, channel) ** 2);
    const scale = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 4 + 1e-5);
    return parameter("weights").at(i, j, c, o) * means.at(b, c) / scale +
      parameter("bias").at(i, j, c, o);
  },
});
