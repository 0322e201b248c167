import { PAGE_STYLE } from "./page_style.ts";

/** Files of the page beside `index.html`, in the order in which they are read. */
const PAGE_SCRIPTS = ["model.js", "wasm.js", "page.js"] as const;

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
}

/** A canvas that a screen reader can speak of. */
function canvas(id: string, label: string): string {
  return `<canvas id="${id}" width="1" height="1" role="img" aria-label="${label}"></canvas>`;
}

const PICTURE_CARD = `
<section class="card" aria-labelledby="picture-title">
  <h2 id="picture-title"><b>1</b>A picture</h2>
  <p>Drop one here, paste one, or take a photograph. It does not leave this device.</p>
  <div class="drop" id="drop">
    ${canvas("picture", "The picture as the network gets it")}
    <div>
      <p>The largest centred square, <span id="size"></span>.</p>
      <div class="buttons">
        <label class="file main"><input type="file" id="file" accept="image/*">Choose a picture</label>
        <label class="file"><input type="file" id="camera" accept="image/*" capture="environment">Take a photograph</label>
      </div>
    </div>
  </div>
  <div class="samples">
    <span class="label" id="samples-label">Or one that is drawn here:</span>
    <div class="buttons" role="group" aria-labelledby="samples-label" id="samples"></div>
  </div>
  <p class="status" id="status" role="status"></p>
</section>`;

const COMPLEXITY_CARD = `
<section class="card" aria-labelledby="complexity-title">
  <h2 id="complexity-title"><b>2</b>How complex it is</h2>
  <p id="measure-text"></p>
  <div class="pair" id="parts">
    <figure>${canvas("grey", "Grey levels of the picture")}
      <figcaption>Grey levels: <strong id="spatial"></strong></figcaption></figure>
    <figure>${canvas("spectrum", "Power spectrum of the picture")}
      <figcaption>Frequencies: <strong id="spectral"></strong></figcaption></figure>
  </div>
  <p class="sum">Complexity <strong id="complexity"></strong></p>
</section>`;

const depthCard = (title: string) => `
<section class="card full" aria-labelledby="depth-title">
  <h2 id="depth-title"><b>3</b>${title}</h2>
  <p id="depth-text"></p>
  <div id="scale"></div>
  <div class="controls">
    <div><label for="complexity-slider">Complexity by hand <output id="complexity-value"></output></label>
      <input type="range" id="complexity-slider" step="0.05"></div>
    <div><label for="depth-slider">Depth by hand <output id="depth-value"></output></label>
      <input type="range" id="depth-slider" step="1"></div>
  </div>
  <div class="buttons"><button type="button" id="reset" hidden>As the picture asks</button></div>
</section>`;

const KERNELS_CARD = `
<section class="card full" aria-labelledby="kernels-title">
  <h2 id="kernels-title"><b>4</b>The puppeteer makes its kernels</h2>
  <p>A state evolves step by step under one small learned rule; state n becomes the kernels of layer n. Above, what the state has gained
  since its start, as it is computed now; below, what its layer makes of the picture.</p>
  <div class="story">
    <figure><div id="path"></div><figcaption>The way of the state, distances kept as well as a plane can.</figcaption></figure>
    <ol class="strip" id="strip"></ol>
  </div>
</section>`;

const ANSWER_CARD = `
<section class="card full" aria-labelledby="answer-title">
  <h2 id="answer-title"><b>5</b>What the network sees</h2>
  <ol class="answers" id="answers"></ol>
  <p class="times" id="times"></p>
</section>`;

/**
 * Writes the page.
 *
 * @param options Name of the model, what it was trained to tell apart, and whether its depth follows the picture.
 * @returns HTML; its scripts lie beside it.
 */
export function pageHtml(
  { title, classNames, adaptsDepth }: {
    readonly title: string;
    readonly classNames: readonly string[];
    readonly adaptsDepth: boolean;
  },
): string {
  const [depthTitle, idea] = adaptsDepth
    ? [
      "How deep the network becomes",
      "looks at how complex a picture is and makes a network for it: the richer the picture, the deeper the network.",
    ]
    : ["How deep the network is", "makes the kernels of the network that looks at a picture."];
  const known = classNames.length <= 12
    ? `It knows ${classNames.length} things: ${classNames.join(", ")}.`
    : `It knows ${classNames.length} things, ${classNames.slice(0, 6).join(", ")} among them.`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
  <h1>${escape(title)}</h1>
  <p>A small neural ODE, the puppeteer, ${idea} ${escape(known)}</p>
</header>
<main>${PICTURE_CARD}${COMPLEXITY_CARD}${depthCard(depthTitle)}${KERNELS_CARD}${ANSWER_CARD}
</main>
<footer><p id="about"></p></footer>
${PAGE_SCRIPTS.map((name) => `<script src="${name}" defer></script>`).join("\n")}
</body>
</html>
`;
}
