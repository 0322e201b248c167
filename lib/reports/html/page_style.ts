/**
 * The style of a report page. One scale of type (0.8125, 1, 1.25, 1.75 rem), one accent, lines only where they
 * separate rows; light and dark follow the reader, and paper is always light.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #1b1f24; --muted: #59616b; --line: #d9dde2; --soft: #f4f5f7; --accent: #1f6fb2; --shade: #00000033;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --text: #e8eaed; --muted: #a3abb5; --line: #363b43; --soft: #1f2329; --accent: #6cb2ec; --shade: #ffffff33; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 76rem; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3 { font-weight: 600; line-height: 1.2; margin: 0; text-wrap: balance; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.25rem; }
h3 { font-size: 1rem; }
p { margin: 0; max-width: 42rem; }
a { color: var(--accent); }
.subtitle, .note, figcaption p, dt, .fact-note, footer { color: var(--muted); }
.note, figcaption p, dt, .fact-note, footer, table, pre, nav { font-size: 0.8125rem; }
header { padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
header .subtitle { margin-top: 0.25rem; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1rem 0 0; padding: 0; }
section { margin-top: 3rem; }
.part { margin-top: 3.5rem; border-top: 1px solid var(--line); padding-top: 1.5rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 2rem; }
figure { margin: 0; min-width: 0; }
figure .note { margin-top: 0.25rem; }
.grid.four { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 26rem)); }
figcaption strong { font-weight: 600; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.wide svg { min-width: 56rem; }
dl { margin: 0; }
.key { display: flex; flex-wrap: wrap; gap: 1.25rem 2.5rem; }
.key dd { font-size: 1.75rem; line-height: 1.2; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, 14rem); gap: 1rem 1.25rem; }
@media (max-width: 40rem) { .facts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 9rem), 1fr)); } }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.fact-note { display: block; font-weight: 400; line-height: 1.4; }
.scroll, .wide { overflow-x: auto; max-width: 100%; scrollbar-width: thin; scrollbar-color: var(--muted) var(--soft);
  background:
    linear-gradient(to left, var(--ground) 40%, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--shade), transparent) right / 1.25rem 100% no-repeat scroll; }
.tall { max-height: 28rem; overflow-y: auto; }
.tall thead th { position: sticky; top: 0; background: var(--ground); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; line-height: 1.35; }
.caption { font-weight: 600; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.scroll { position: relative; }
th { font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; vertical-align: top; }
tbody th:not(.n) { min-width: 8rem; max-width: 16rem; }
.matrix tbody th:not(.n) { min-width: 0; max-width: none; }
td { vertical-align: top; }
td:not(.n) { min-width: 6.5rem; }
.matrix td { min-width: 2.4rem; }
.scroll > table:not(.matrix) tr > th:first-child { position: sticky; left: 0; background: var(--ground); }
.tall thead tr > th:first-child { z-index: 1; }
th, td { padding: 0.3rem 1.25rem 0.3rem 0; text-align: left; border-bottom: 1px solid var(--line); overflow-wrap: normal; }
th.n, td.n { text-align: right; }
td.n, tbody th.n { white-space: nowrap; }
tr.gap > * { border-top: 3px double var(--muted); }
thead th { overflow-wrap: normal; hyphens: none; }
.matrix th, .matrix td { padding: 0.2rem 0.45rem; border: 0; }
.matrix td { text-align: right; background: color-mix(in srgb, var(--accent) calc(var(--v, 0) * 50%), transparent); }
.matrix thead th[scope=col] { writing-mode: vertical-rl; rotate: 180deg; text-align: left; padding: 0.3rem 0.2rem; }
.matrix tbody th { white-space: nowrap; padding-left: 0; position: sticky; left: 0; background: var(--ground); }
.matrix .zero { color: var(--muted); }
.heat { max-width: 40rem; }
.images { display: flex; flex-wrap: wrap; gap: 1.25rem; list-style: none; margin: 0.5rem 0; padding: 0; }
.images img { display: block; width: 6.5rem; height: auto; }
.images.large img, .images.large span { width: 15rem; max-width: 100%; }
.pixelated img { image-rendering: pixelated; }
.images span { display: block; font-size: 0.8125rem; max-width: 6.5rem; margin-top: 0.25rem; }
pre { margin: 0.5rem 0 0; padding: 0.75rem 1rem; background: var(--soft); overflow-x: auto; line-height: 1.45; tab-size: 2; }
pre.tall { max-height: 20rem; }
.missing { border-left: 3px solid var(--muted); padding-left: 0.75rem; max-width: 42rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
footer { margin-top: 4rem; border-top: 1px solid var(--line); padding-top: 1rem; }
header + main > .part:first-child { border-top: 0; margin-top: 1rem; }
.part > h2 { font-size: 1.5rem; }
.part h3 { font-size: 1.25rem; }
.notes { display: grid; gap: 0.4rem; }
section > :not(:first-child) { margin-top: 1.5rem; }
.part > section:not(:first-child) { margin-top: 2.5rem; }
section > .note:not(:first-child) { margin-top: 0.5rem; }
section > .subtitle:not(:first-child) { margin-top: 0.25rem; }
section > .caption + .scroll:not(:first-child) { margin-top: 0.5rem; }
@media print {
  :root { --ground: #ffffff; --text: #000000; --muted: #4a4a4a; --line: #bbbbbb; --soft: #ffffff; --accent: #1f6fb2; }
  body { max-width: none; padding: 0; font-size: 0.8rem; }
  nav { display: none; }
  .tall, pre.tall { max-height: none; overflow: visible; }
  .scroll, pre { overflow: visible; }
  .scroll > table:not(.matrix) tr > th:first-child, .tall thead th { position: static; }
  table { font-size: 0.65rem; }
  th, td { padding-right: 0.6rem; }
  th.n, td.n, tbody th { white-space: normal; }
  pre { white-space: pre-wrap; padding: 0; }
  figure, tr, .key, dl > div, .matrix { break-inside: avoid; }
  h2, h3, .caption, figcaption { break-after: avoid; }
  .wide svg { min-width: 0; }
  .grid, .grid.four { grid-template-columns: 1fr 1fr; }
}
`;
