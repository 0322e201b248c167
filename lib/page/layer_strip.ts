/// <reference lib="dom" />
import { drawHeat, drawSigned } from "./draw.ts";
import { element, made } from "./elements.ts";
import { drawStatePath } from "./state_path.ts";
import type { LayerView, Square } from "./show_model.ts";

/** A canvas that a screen reader can speak of. */
function labelled(label: string): HTMLCanvasElement {
  const canvas = made("canvas");
  canvas.width = canvas.height = 1;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  return canvas;
}

/** The way of the state and the drawings of the layers, which fill as they are computed. */
export class LayerStrip {
  readonly #states: Float32Array[] = [];
  readonly #maps: HTMLCanvasElement[] = [];

  /** Empties the strip. */
  constructor() {
    element("strip").replaceChildren();
  }

  /** Starts the path. */
  start({ values }: Square): void {
    this.#goTo(values);
  }

  /** Adds a layer: what its state has gained since the start. */
  add({ state: { values, side } }: LayerView): void {
    this.#goTo(values);
    const [start] = this.#states;
    const at = this.#maps.length + 1;
    const gained = labelled(`State ${at} of the trajectory, less the initial one`);
    const map = labelled(`What layer ${at} makes of the picture`);
    const item = made("li");
    item.className = "waiting";
    item.append(made("span", `Layer ${at}`), gained, map);
    element("strip").append(item);
    drawSigned(gained, { values: values.map((value, place) => value - start![place]!), side });
    this.#maps.push(map);
  }

  /** Adds what every layer makes of the picture. */
  addMaps(maps: readonly Square[]): void {
    for (const [at, canvas] of this.#maps.entries()) {
      if (maps[at] !== undefined) drawHeat(canvas, maps[at]);
      canvas.parentElement!.className = "";
    }
  }

  #goTo(state: Float32Array): void {
    this.#states.push(state);
    element("path").innerHTML = drawStatePath(this.#states);
  }
}
