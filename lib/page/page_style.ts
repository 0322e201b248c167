/**
 * The style of the page: one column on a telephone, two on a desk; colours follow the reader. The drawings keep their
 * dark ground in both.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf8; --card: #ffffff; --text: #1d1b18; --muted: #625d55; --line: #e2ded7; --soft: #f1eee8;
  --accent: #b4490f; --accent-soft: #f6d9c4; --ink: #12121a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131317; --card: #1b1b21; --text: #eeece7; --muted: #a8a39a; --line: #33323a; --soft: #24242b;
    --accent: #ff9d5c; --accent-soft: #4a2f1f; --ink: #0b0b10;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; max-width: 78rem; padding: clamp(1.25rem, 4vw, 3rem) clamp(1rem, 4vw, 3rem) 3rem;
  background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1, h2 { line-height: 1.15; margin: 0; text-wrap: balance; }
h1 { font-size: clamp(1.75rem, 4.5vw, 2.75rem); font-weight: 650; letter-spacing: -0.02em; }
h2 { font-size: 1.125rem; font-weight: 600; }
p { margin: 0; text-wrap: pretty; }
header p { color: var(--muted); max-width: 44rem; margin-top: 0.75rem; font-size: 1.0625rem; }
main { display: grid; gap: 1.25rem; margin-top: 2rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) {
  main { grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); }
  .full { grid-column: 1 / -1; }
}
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.875rem; padding: clamp(1rem, 2.5vw, 1.5rem); }
.card > h2 + p { color: var(--muted); margin-top: 0.375rem; font-size: 0.9375rem; }
.card > h2 b { color: var(--accent); font-weight: 600; margin-right: 0.5rem; font-variant-numeric: tabular-nums; }
canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 0.5rem; background: var(--ink); }
.drop {
  display: flex; flex-wrap: wrap; gap: 1.25rem; align-items: center;
  margin-top: 1rem; padding: 1rem; border: 2px dashed var(--line); border-radius: 0.75rem;
}
.drop.over { border-color: var(--accent); background: var(--accent-soft); }
.drop canvas { flex: 1 1 8rem; max-width: 11rem; }
.drop > div { flex: 1 1 12rem; }
.drop p { font-size: 0.9375rem; color: var(--muted); }
@media (max-width: 30rem) { .drop { justify-content: center; text-align: center; } .buttons { justify-content: center; } }
.buttons { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 0.75rem; }
button, .file {
  font: inherit; font-size: 0.9375rem; color: var(--text); background: var(--soft); border: 1px solid var(--line);
  border-radius: 0.5rem; padding: 0.4rem 0.8rem; min-height: 2.5rem; cursor: pointer; display: inline-flex; align-items: center;
}
button:hover, .file:hover { border-color: var(--accent); }
.file.main { background: var(--accent); border-color: var(--accent); color: var(--ground); font-weight: 600; }
.file input { position: absolute; width: 1px; height: 1px; opacity: 0; }
.file:focus-within, :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.buttons:has(> [hidden]:only-child) { display: none; }
.samples { margin-top: 1rem; }
.samples .buttons { margin-top: 0.375rem; }
.label { font-size: 0.8125rem; color: var(--muted); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin-top: 1rem; }
figure { margin: 0; min-width: 0; }
figcaption { margin-top: 0.5rem; font-size: 0.875rem; color: var(--muted); }
figcaption strong { color: var(--text); font-variant-numeric: tabular-nums; }
.sum { margin-top: 1rem; font-size: 1.0625rem; font-variant-numeric: tabular-nums; }
.sum strong { color: var(--accent); font-size: 1.375rem; }
svg { display: block; width: 100%; height: auto; margin-top: 1rem; overflow: visible; }
svg text { font: 12px system-ui, sans-serif; fill: var(--muted); }
svg .bar { fill: var(--accent); opacity: 0.38; }
svg .path { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; opacity: 0.6; }
svg .origin { fill: var(--muted); }
svg .band { fill: none; stroke: var(--line); }
svg .band.on { fill: var(--accent-soft); stroke: var(--accent); }
svg .band-name { font-size: 13px; font-weight: 600; text-anchor: middle; fill: var(--muted); }
svg .band-name.on { fill: var(--text); }
svg .mark { stroke: var(--accent); stroke-width: 2; }
svg .dot { fill: var(--accent); }
.controls { display: grid; gap: 1rem; margin-top: 1.25rem; }
@media (min-width: 40rem) { .controls { grid-template-columns: 1fr 1fr; } }
.controls label { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.9375rem; }
.controls output { font-variant-numeric: tabular-nums; font-weight: 600; }
input[type=range] { width: 100%; height: 2rem; margin: 0; accent-color: var(--accent); cursor: pointer; }
.story { display: grid; gap: 1.5rem; margin-top: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 48rem) { .story { grid-template-columns: 15rem minmax(0, 1fr); } }
.story svg { margin: 0; background: var(--soft); border-radius: 0.5rem; max-width: 20rem; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.25rem, 1fr)); gap: 1rem 0.75rem; margin: 0; padding: 0; list-style: none; align-content: start; }
.strip li { min-width: 0; font-size: 0.8125rem; color: var(--muted); }
.strip canvas + canvas { margin-top: 0.375rem; }
.strip span { display: block; margin-bottom: 0.25rem; font-variant-numeric: tabular-nums; }
.strip li.waiting canvas + canvas { opacity: 0.25; }
.answers { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: 0.625rem; }
figcaption strong { white-space: nowrap; }
.answers li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; font-variant-numeric: tabular-nums; }
.answers i { grid-column: 1 / -1; height: 0.5rem; border-radius: 0.25rem; background: var(--soft); overflow: hidden; }
.answers i::before { content: ""; display: block; height: 100%; width: calc(var(--share) * 100%); background: var(--accent); border-radius: inherit; }
.answers li:first-child { font-weight: 600; font-size: 1.1875rem; }
.times { margin-top: 1rem; color: var(--muted); font-size: 0.875rem; }
.status { min-height: 1.5rem; margin-top: 1rem; color: var(--muted); font-size: 0.9375rem; }
.error { color: var(--text); border-left: 3px solid var(--accent); padding-left: 0.75rem; }
footer { margin-top: 2rem; color: var(--muted); font-size: 0.8125rem; }
@media (prefers-reduced-motion: no-preference) { .answers i::before { transition: width 0.3s; } .strip canvas { transition: opacity 0.2s; } }
`;
