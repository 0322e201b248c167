import assert from "node:assert/strict";
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildPage } from "../../../tasks/build_page.ts";
import { browserPath, type Page, startBrowser } from "../../helpers/browser.ts";
import { repositoryRoot, runCommand } from "../../helpers/run_command.ts";
import { withFolder } from "../../helpers/with_folder.ts";
import type { Prediction } from "../../../lib/runs/run_types.ts";

const MODEL = join(repositoryRoot, "models", "puppet-cnn-cifar10");

/** Script of the page before compression, in bytes, at most. */
const MAX_SCRIPT = 2_000_000;

/** Longest wait for a network, in milliseconds; it takes seconds on one free core. */
const PATIENCE = 120_000;

/** What the rules of WCAG 2.1 A and AA, and good practice, have against the page. */
const ACCESSIBILITY = `(() => { ${axe.source} })();
axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200)))`;

/** Does something in the page and waits until the network has answered. */
async function answerAfter(page: Page, action: string): Promise<string> {
  return await page.evaluate<string>(`(async () => {
    ${action};
    const end = performance.now() + ${PATIENCE};
    while (document.body.dataset.state !== "done" && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return document.getElementById("status").textContent;
  })()`);
}

/** Drops a file onto the page. */
async function dropFile(page: Page, path: string, type: string): Promise<string> {
  const content = (await Deno.readFile(path)).toBase64();
  return await answerAfter(
    page,
    `document.body.dataset.state = "waiting";
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.fromBase64("${content}")], "dropped", { type: "${type}" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }))`,
  );
}

async function predict(path: string): Promise<Prediction> {
  const argv = ["predict", MODEL, path, "--backend", "wasm", "--top", "5", "--json"];
  const { code, stdout, stderr } = await runCommand(argv);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout)[0];
}

/** The five classes and percentages that the page lists. */
function listed(page: Page): Promise<[string, string][]> {
  return page.evaluate(
    `[...document.querySelectorAll("#answers li")].map((item) =>
      [...item.querySelectorAll("span")].map((span) => span.textContent))`,
  );
}

async function checkDrops(page: Page): Promise<void> {
  const images = join(repositoryRoot, "tests", "fixtures", "images");
  for (const [name, type] of [["rgb.png", "image/png"], ["rgba.png", "image/png"]] as const) {
    const path = join(images, name);
    const { classes, complexity, depth } = await predict(path);
    const said = await dropFile(page, path, type);
    assert.match(said, new RegExp(`^${classes[0]!.className}, .* network of ${depth} layers$`));
    const shown = await listed(page);
    assert.equal(shown.length, 5);
    for (const [at, { className, probability }] of classes.entries()) {
      assert.equal(shown[at]![0], className);
      assert.ok(Math.abs(parseFloat(shown[at]![1]) - 100 * probability) < 0.11);
    }
    const bits = await page.evaluate<string>(`document.getElementById("complexity").textContent`);
    assert.equal(bits, `${complexity.toFixed(2)} bits`);
    const layers = await page.evaluate(`document.querySelectorAll("#strip li").length`);
    assert.equal(layers, depth);
  }
}

async function checkControls(page: Page): Promise<void> {
  const move = (id: string, value: string) =>
    answerAfter(
      page,
      `document.body.dataset.state = "waiting";
      const slider = document.getElementById("${id}"); slider.value = "${value}";
      slider.dispatchEvent(new Event("input"))`,
    );
  assert.match(await move("depth-slider", "6"), /by a network of 6 layers$/);
  assert.match(await move("complexity-slider", "9"), /by a network of 7 layers$/);
  const own = await answerAfter(
    page,
    `document.body.dataset.state = "waiting"; document.getElementById("reset").click()`,
  );
  assert.doesNotMatch(own, /of (?:6|7) layers$/);
  assert.equal(await page.evaluate(`document.getElementById("reset").hidden`), true);
  // A drop that is no picture is refused and changes nothing.
  const before = await listed(page);
  await page.evaluate(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["text"], "dropped.txt", { type: "text/plain" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
  })()`);
  const refusal = await page.evaluate<string>(`document.getElementById("status").textContent`);
  assert.match(refusal, /^That is no picture/);
  assert.deepEqual(await listed(page), before);
}

Deno.test({
  name: `the page classifies a dropped picture as predict does${
    browserPath === null ? " (no Chromium here)" : ""
  }`,
  ignore: browserPath === null,
  fn: () =>
    withFolder(async (folder) => {
      const built = await buildPage();
      assert.ok((await Deno.stat(join(built, "page.js"))).size < MAX_SCRIPT);
      const directory = join(folder, "page");
      const exported = await runCommand(["export", MODEL, directory, "--format", "web"]);
      assert.equal(exported.code, 0, exported.stderr);
      const browser = await startBrowser();
      try {
        const url = pathToFileURL(join(directory, "index.html")).href;
        for (const [width, dark] of [[1280, false], [390, true], [390, false]] as const) {
          const page = await browser.open(url, { width, height: 800, dark });
          assert.match(
            await answerAfter(page, ""),
            / 7 layers$/,
          );
          assert.deepEqual(await page.evaluate<string[]>(ACCESSIBILITY), []);
          const overflow = "document.documentElement.scrollWidth - window.innerWidth";
          assert.ok(await page.evaluate<number>(overflow) <= 0);
          if (width === 1280) {
            await checkDrops(page);
            await checkControls(page);
          }
          // A browser without a GPU says so; nothing was asked of the network.
          assert.deepEqual(
            page.complaints.filter((text) => !/No available adapters/.test(text)),
            [],
          );
          assert.deepEqual(page.requests.filter((address) => !address.startsWith("file:")), []);
        }
      } finally {
        await browser.close();
      }
    }),
});
