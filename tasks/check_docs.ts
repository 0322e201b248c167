/**
 * `deno doc --lint` of the public API, less what it says of TensorFlow.js: our functions take its tensors,
 * and exporting its types from here would only make the linter complain about them in turn.
 */

import configuration from "../deno.json" with { type: "json" };

/** Types of TensorFlow.js that our public signatures name. */
const TENSOR_TYPES = new Set([
  ...["GradSaveFunc", "Rank", "Scalar", "Tensor", "Variable"],
  ...["Tensor1D", "Tensor2D", "Tensor3D", "Tensor4D"],
]);

/** Whether a complaint is about a type that is not ours to document. */
function isAboutTensors(complaint: string): boolean {
  const type = /references private type '([^']+)'/.exec(complaint)?.[1];
  return type !== undefined && TENSOR_TYPES.has(type);
}

/** Every module that the package exports, less the command line. */
const modules = Object.values(configuration.exports).filter((path) => path.startsWith("./lib/"));

const { stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...modules],
  env: { NO_COLOR: "1" },
  stdout: "null",
}).output();
const text = new TextDecoder().decode(stderr);
const complaints = text.split(/^(?=error\[)/m)
  .filter((part) => part.startsWith("error[") && !isAboutTensors(part))
  .map((part) => part.split("\n").slice(0, 2).map((line) => line.trim()).join(" "));
// Without its closing line the linter has not run to its end, and silence would mean nothing.
if (!/documentation lint error|Checked \d+ file/.test(text)) {
  console.error(`Cannot check the documentation: "deno doc --lint" ended with\n${text}`);
  Deno.exit(1);
}
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) {
  console.error(`${complaints.length} documentation errors`);
  Deno.exit(1);
}
console.log("documentation: no errors");
