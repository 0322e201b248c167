// deno run --allow-all own_pictures.ts FOLDER PICTURE...
// FOLDER holds one folder of pictures per class; the PICTUREs are new ones.
import { evaluate, loadModel, selectBackend, train } from "@puppet-cnn/puppet-cnn";

const [folder = "pictures", ...pictures] = Deno.args;
console.log((await selectBackend("auto")).description);
const run = await train(
  { data: folder, model: { maxChannels: 64 }, training: { epochs: 10, learningRate: 5e-3 } },
  { onEvent: (event) => event.kind === "epoch" && console.log(event.record) },
);
using model = await loadModel(run);
console.log(`${(await evaluate(model)).top1 * 100} % of the test pictures`);
for (const { file, classes, depth } of await model.classify(pictures)) {
  console.log(`${file}: ${classes[0]?.className}, ${depth} layers`);
}
