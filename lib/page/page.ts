/// <reference lib="dom" />
/** The script of the page: `deno task build-page` bundles it for browsers. */
import { startBrowserBackend } from "../backends/browser.ts";
import { levelStarts } from "../puppeteer/level_starts.ts";
import { complexityRange, complexityScale } from "./complexity_scale.ts";
import { drawGrey, drawHeat, drawPixels } from "./draw.ts";
import { element, made, say } from "./elements.ts";
import { LayerStrip } from "./layer_strip.ts";
import { lookAtImage } from "./look_at_image.ts";
import { MODEL_VARIABLE, WASM_VARIABLE } from "./page_data.ts";
import { fitCanvas, readPicture } from "./read_picture.ts";
import { SAMPLE_PICTURES } from "./sample_pictures.ts";
import { ShownModel } from "./show_model.ts";
import type { PageData } from "./page_data.ts";
import type { Answer } from "./show_model.ts";

/** Classes that are listed. */
const LISTED = 5;

/** Side of a picture that is drawn here, before it is resized. */
const SAMPLE_SIDE = 128;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is being looked at. */
interface Look {
  readonly pixels: Uint8Array;
  /** The picture's own complexity. */
  readonly complexity: number;
}

/** What was set by hand: levels may share a complexity, so that it does not say the level. */
interface ByHand {
  readonly complexity: number;
  readonly level: number;
}

/** The page at work. */
class Page {
  readonly #model: ShownModel;
  readonly #depths: readonly number[];
  #look: Look | null = null;
  #byHand: ByHand | null = null;
  /** Pictures that were asked for: only the last one is shown, whichever is read first. */
  #opened = 0;
  #running: AbortController | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(data: PageData, backend: string) {
    this.#model = new ShownModel(data);
    const { levels, measure } = this.#model;
    this.#depths = [...new Set(levels.list.map(({ depth }) => depth))];
    const { card, resizeTo, version } = data;
    const { height: side } = card.image;
    say(
      "size",
      resizeTo === side
        ? `made ${side} x ${side} pixels`
        : `made ${resizeTo} x ${resizeTo} pixels, of which the network sees the inner ${side} x ${side}`,
    );
    const isEntropy = measure.name === "entropy";
    const [first = "", ...rest] = measure.description;
    say(
      "measure-text",
      isEntropy
        ? "Its grey levels and its frequencies, each by their entropy; the sum decides."
        : `${first.toUpperCase()}${rest.join("")}.`,
    );
    element("parts").hidden = !isEntropy;
    say("depth-text", this.#depthText());
    say("about", `Puppet-CNN ${version}. Computed in this page with ${backend}.`);
  }

  #depthText(): string {
    const { histogram } = this.#model.data;
    const adapts = this.#depths.length > 1;
    const depth = adapts
      ? "The bands are the depths that the complexity stands for."
      : "The depth of this network is the same for every picture.";
    if (histogram === null) return depth;
    const images = histogram.images.toLocaleString("en");
    return adapts
      ? `Above the bands: how the ${images} training images are spread.`
      : `${depth} Above it: how the ${images} training images are spread.`;
  }

  /** Connects everything that can be pressed, dropped or moved. */
  listen(): void {
    for (const id of ["file", "camera"]) {
      const input = element<HTMLInputElement>(id);
      input.onchange = () => {
        const [file] = input.files ?? [];
        if (file !== undefined) this.#open(file);
        input.value = "";
      };
    }
    this.#listenToDrops();
    for (const { name, draw } of SAMPLE_PICTURES) {
      const button = made("button", name);
      button.type = "button";
      button.onclick = () => this.#showSample(draw);
      element("samples").append(button);
    }
    this.#listenToSliders();
    addEventListener("resize", () => this.#drawScale());
    this.#showSample(SAMPLE_PICTURES[0]!.draw);
  }

  #listenToDrops(): void {
    const drop = element("drop");
    const setOver = (isOver: boolean) => drop.classList.toggle("over", isOver);
    document.ondragover = (event) => {
      event.preventDefault();
      setOver(true);
    };
    document.ondragleave = () => setOver(false);
    document.ondrop = (event) => {
      event.preventDefault();
      setOver(false);
      this.#openFirst(event.dataTransfer);
    };
    document.onpaste = (event) => this.#openFirst(event.clipboardData);
  }

  #openFirst(transfer: DataTransfer | null): void {
    const file = [...transfer?.files ?? []].find(({ type }) => type.startsWith("image/"));
    if (file !== undefined) this.#open(file);
    else this.#fail("That is no picture; drop a PNG, JPEG or WebP file.");
  }

  #listenToSliders(): void {
    const complexity = element<HTMLInputElement>("complexity-slider");
    const { list } = this.#model.levels;
    complexity.oninput = () => {
      const value = Number(complexity.value);
      this.#setByHand({ complexity: value, level: this.#model.levels.levelOf(value) });
    };
    const depth = element<HTMLInputElement>("depth-slider");
    depth.min = String(Math.min(...this.#depths));
    depth.max = String(Math.max(...this.#depths));
    const withDepths = this.#depths.length > 1;
    depth.disabled = !withDepths;
    depth.oninput = () => {
      const members = list.filter((level) => level.depth === Number(depth.value));
      // The middle one of the levels of that depth.
      const level = members[Math.floor(members.length / 2)];
      if (level === undefined) return;
      this.#setByHand({ complexity: level.complexity, level: level.index });
    };
    element("reset").onclick = () => this.#setByHand(null);
  }

  #setByHand(byHand: ByHand | null): void {
    this.#byHand = byHand;
    element("reset").hidden = byHand === null;
    this.#restart();
  }

  get #picture(): { readonly size: number; readonly resizeTo: number } {
    const { card, resizeTo } = this.#model.data;
    return { size: card.image.height, resizeTo };
  }

  async #open(file: Blob): Promise<void> {
    const turn = ++this.#opened;
    try {
      const pixels = await readPicture(file, this.#picture);
      if (turn === this.#opened) this.#show(pixels);
    } catch {
      if (turn !== this.#opened) return;
      this.#fail("This browser cannot read that picture; try a PNG, JPEG or WebP file.");
    }
  }

  #showSample(draw: (context: CanvasRenderingContext2D, side: number) => void): void {
    this.#opened++;
    const canvas = made("canvas");
    canvas.width = canvas.height = SAMPLE_SIDE;
    draw(canvas.getContext("2d")!, SAMPLE_SIDE);
    this.#show(fitCanvas(canvas, this.#picture));
  }

  #fail(text: string): void {
    element("status").classList.add("error");
    say("status", text);
  }

  /** Shows a new picture. */
  #show(pixels: Uint8Array): void {
    const side = this.#picture.size;
    const image = { pixels, height: side, width: side };
    this.#look = { pixels, complexity: this.#model.measure.measure(image) };
    this.#byHand = null;
    element("reset").hidden = true;
    drawPixels(element("picture"), pixels, side);
    const { grey, spectrum, spatial, spectral } = lookAtImage(pixels, side);
    drawGrey(element("grey"), grey);
    drawHeat(element("spectrum"), spectrum);
    say("spatial", `${spatial.toFixed(2)} bits`);
    say("spectral", `${spectral.toFixed(2)} bits`);
    const { unit } = this.#model.measure;
    say("complexity", `${this.#look.complexity.toFixed(2)} ${unit}`);
    this.#restart();
  }

  /** Ends of the scale, which has room for the picture. */
  get #range(): readonly [number, number] {
    const { levels, data } = this.#model;
    return complexityRange(levels.list, data.histogram, this.#look!.complexity);
  }

  get #complexity(): number {
    return this.#byHand?.complexity ?? this.#look!.complexity;
  }

  get #level(): number {
    return this.#byHand?.level ?? this.#model.levels.levelOf(this.#look!.complexity);
  }

  #drawScale(): void {
    if (this.#look === null) return;
    const { levels, data, measure } = this.#model;
    const holder = element("scale");
    holder.innerHTML = complexityScale({
      levels: levelStarts(levels),
      histogram: data.histogram,
      complexity: this.#complexity,
      level: this.#level,
      ...{ range: this.#range, unit: measure.unit, width: Math.max(holder.clientWidth, 280) },
    });
  }

  /** Starts with the level in use; what was running stops first, since both would use the same device. */
  #restart(): void {
    if (this.#look === null) return;
    const { levels, measure } = this.#model;
    const level = this.#level;
    element("status").classList.remove("error");
    this.#drawScale();
    const { depth } = levels.list[level]!;
    const slider = element<HTMLInputElement>("complexity-slider");
    [slider.min, slider.max] = this.#range.map(String) as [string, string];
    slider.value = String(this.#complexity);
    element<HTMLInputElement>("depth-slider").value = String(depth);
    say("complexity-value", `${this.#complexity.toFixed(2)} ${measure.unit}`);
    say("depth-value", `${depth} layers`);
    this.#running?.abort();
    const running = this.#running = new AbortController();
    const look = this.#look;
    this.#last = this.#last.then(() => this.#run(look, level, running.signal));
  }

  async #run(look: Look, level: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { depth } = this.#model.levels.list[level]!;
    document.body.dataset.state = "busy";
    try {
      const strip = new LayerStrip();
      if (!this.#model.isKept(level)) say("status", `Making a network of ${depth} layers`);
      const { milliseconds } = await this.#model.generate(level, {
        onStart: (state) => strip.start(state),
        onLayer: (view) => strip.add(view),
        signal,
      });
      const answer = await this.#model.classify(look.pixels, level);
      signal.throwIfAborted();
      strip.addMaps(answer.maps);
      this.#showAnswer(answer, { depth, milliseconds });
      document.body.dataset.state = "done";
    } catch (error) {
      if (!signal.aborted) this.#fail(`The network could not be made: ${messageOf(error)}`);
    }
  }

  #showAnswer(
    { classes, milliseconds }: Answer,
    made_: { readonly depth: number; readonly milliseconds: number },
  ): void {
    element("answers").replaceChildren(
      ...classes.slice(0, LISTED).map(({ className, probability }) => {
        const item = made("li");
        const bar = made("i");
        bar.style.setProperty("--share", probability.toFixed(4));
        item.append(
          made("span", className),
          made("span", `${(100 * probability).toFixed(1)} %`),
          bar,
        );
        return item;
      }),
    );
    const seconds = (made_.milliseconds / 1000).toFixed(2);
    say(
      "times",
      `Making the ${made_.depth} layers took ${seconds} s, once; the picture took ${
        milliseconds.toFixed(0)
      } ms.`,
    );
    const [best] = classes;
    const share = (100 * best!.probability).toFixed(0);
    say("status", `${best!.className}, ${share} %, by a network of ${made_.depth} layers`);
  }
}

async function start(): Promise<void> {
  const globals = globalThis as unknown as Record<string, unknown>;
  const wasm = globals[WASM_VARIABLE] as Readonly<Record<string, string>>;
  say("status", "Starting");
  const backend = await startBrowserBackend(
    Object.fromEntries(
      Object.entries(wasm).map(([name, text]) => [name, `data:application/wasm;base64,${text}`]),
    ),
  );
  new Page(globals[MODEL_VARIABLE] as PageData, backend).listen();
}

start().catch((error) => {
  document.body.dataset.state = "failed";
  element("status").classList.add("error");
  say("status", `The page could not start: ${messageOf(error)}`);
});
