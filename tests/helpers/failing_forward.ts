import type { Classifier } from "../../lib/classifiers/classifier.ts";

/** Makes the third batch norm of every forward pass of a classifier fail, as a lack of memory does. */
export function failInForward(classifier: Classifier): void {
  const { forward } = classifier;
  classifier.forward = (images, levels, options) => {
    let calls = 0;
    return forward.call(classifier, images, levels, {
      ...options,
      normalize: (site, input) => {
        calls += 1;
        if (calls === 3) throw new Error("out of memory");
        return options.normalize(site, input);
      },
    });
  };
}
