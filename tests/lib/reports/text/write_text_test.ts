import assert from "node:assert/strict";
import { cutToWidth, widthOf } from "../../../../lib/reports/text/text_width.ts";
import { writeText } from "../../../../lib/reports/text/write_text.ts";

Deno.test("cutToWidth() keeps whole characters, with their accents", () => {
  assert.equal(cutToWidth("kernel", 4), "kern");
  assert.equal(cutToWidth("kernel", 10), "kernel");
  assert.equal(cutToWidth("cafe\u0301s", 4), "cafe\u0301");
  assert.equal(cutToWidth("a\ud83d\udc08b", 2), "a");
  assert.equal(cutToWidth("a\ud83d\udc08b", 3), "a\ud83d\udc08");
});

Deno.test("writeText() underlines a heading by the places that it takes", () => {
  const text = writeText({
    title: "",
    parts: [{ title: "\u732b\u732b", subtitle: "", sections: [{ title: "", blocks: [] }] }],
  }, { width: 80 });
  const [title, line] = text.split("\n");
  assert.equal(widthOf(title!), 4);
  assert.equal(line, "====");
});

Deno.test("writeText() names pictures that follow one another in one line", () => {
  const pictures = (caption: string) =>
    ({ kind: "images", caption, images: [], pixelated: false }) as const;
  const table = { kind: "text", paragraphs: ["between"] } as const;
  const blocks = [pictures("one"), pictures("two"), table, pictures("three")];
  const text = writeText({
    title: "",
    parts: [{ title: "", subtitle: "", sections: [{ title: "s", blocks }] }],
  }, { width: 80 });
  assert.deepEqual(text.split("\n").filter((line) => line.startsWith("Pictures")), [
    "Pictures, in the format html: one; two.",
    "Pictures, in the format html: three.",
  ]);
});
