import { element, escapeMarkup } from "../markup.ts";

/**
 * The heading of a table stands outside its box, where it wraps and does not scroll away; for those who listen it is the
 * table's own caption.
 *
 * @param caption The heading.
 * @returns HTML: `visible` before the box, `own` first in the table.
 */
export function tableCaption(caption: string): { readonly visible: string; readonly own: string } {
  const text = escapeMarkup(caption);
  return {
    visible: element("p", { class: "caption", "aria-hidden": "true" }, text),
    own: element("caption", {}, text),
  };
}
