/** The page's only style: light and dark, wide and narrow, screen and paper. Every text meets WCAG AA. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --panel: #f5f6f8;
  --ink: #14181f;
  --soft: #555d69;
  --line: #dde1e7;
  --edge: #868e9b;
  --link: #1d4ed8;
  --unprotected: #b42318;
  --blocked: #a15c07;
  --exempt: #6941c6;
  --out-of-scope: #667085;
  --protected: #15705a;
  --on-segment: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #101317;
    --panel: #191d23;
    --ink: #eceef1;
    --soft: #a5adb9;
    --line: #2b313a;
    --edge: #747d8b;
    --link: #93b4ff;
    --unprotected: #ff8a7d;
    --blocked: #f0b354;
    --exempt: #b9a5ff;
    --out-of-scope: #98a2b3;
    --protected: #57c9a3;
    --on-segment: #101317;
  }
}

* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto;
  max-width: 80rem;
  padding: 3.5rem clamp(1rem, 4vw, 3rem) 3rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums lining-nums;
  overflow-wrap: break-word;
}
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
ul { list-style: none; }
h1, h2, h3 { line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; }
time { white-space: nowrap; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
#users:focus { outline: none; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0.75rem; background: var(--paper); padding: 0.25rem 0.5rem; }

/* Marks: a shape for every state, so that colour alone never shows a state. */
.mark::before {
  content: "";
  display: inline-block;
  width: 0.7em;
  height: 0.7em;
  margin-right: 0.5em;
  background: var(--soft);
  clip-path: circle(46%);
  forced-color-adjust: none;
  print-color-adjust: exact;
  -webkit-print-color-adjust: exact;
}
[data-state="unprotected"].mark::before, [data-state="unprotected"] .mark::before, [data-severity="severe"].mark::before {
  background: var(--unprotected);
  clip-path: polygon(50% 2%, 100% 94%, 0 94%);
}
[data-state="blocked"].mark::before, [data-state="blocked"] .mark::before {
  background: var(--blocked);
  clip-path: inset(8%);
}
[data-state="exempt"].mark::before, [data-state="exempt"] .mark::before, [data-severity="notice"].mark::before {
  background: var(--exempt);
  clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%);
}
[data-state="out-of-scope"].mark::before, [data-state="out-of-scope"] .mark::before {
  background: var(--out-of-scope);
  clip-path: inset(36% 0);
}
[data-state="protected"].mark::before, [data-state="protected"] .mark::before { background: var(--protected); }
[data-severity="notice"].mark::before { background: var(--blocked); }

/* Head */
.eyebrow { color: var(--soft); font-size: 0.875rem; font-weight: 600; letter-spacing: 0.02em; }
h1 { margin-top: 0.25rem; font-size: clamp(1.75rem, 1.2rem + 2.2vw, 2.5rem); letter-spacing: -0.025em; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 0.75rem 2.5rem; margin-top: 1.25rem; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { overflow-wrap: anywhere; }

/* Totals */
main > section { margin-top: 3rem; padding-top: 2.5rem; border-top: 1px solid var(--line); }
h2 { font-size: 1.375rem; }
.verdict { font-size: clamp(1.25rem, 1rem + 1.1vw, 1.625rem); }
.bar { display: block; margin-top: 1.5rem; border-radius: 6px; forced-color-adjust: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.track { fill: var(--line); }
.segment { stroke: var(--paper); stroke-width: 2px; }
.segment[data-state="unprotected"] { fill: var(--unprotected); }
.segment[data-state="blocked"] { fill: var(--blocked); }
.segment[data-state="exempt"] { fill: var(--exempt); }
.segment[data-state="out-of-scope"] { fill: var(--out-of-scope); }
.segment[data-state="protected"] { fill: var(--protected); }
.on-segment { fill: var(--on-segment); }
.legend { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1.5rem 2rem; margin-top: 1.5rem; }
.legend li { display: grid; grid-template-columns: auto 1fr; align-items: baseline; align-content: start; column-gap: 0.625rem; }
.figure { font-size: 1.75rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.02em; }
.share { color: var(--soft); font-size: 0.875rem; }
.legend .label, .meaning { grid-column: 1 / -1; }
.label { font-weight: 600; text-wrap: balance; }
.meaning { color: var(--soft); font-size: 0.875rem; line-height: 1.4; }

/* Needs attention */
.finding { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 1rem 3.5rem; margin-top: 1.75rem; }
.finding + .finding { padding-top: 1.75rem; border-top: 1px solid var(--line); }
.finding h3 { font-size: 1.0625rem; letter-spacing: -0.005em; text-wrap: pretty; }
.finding h3, .legend .label, td .mark { display: block; padding-left: 1.2em; text-indent: -1.2em; }
.alone { grid-column: 1 / -1; max-width: 44rem; }
.advice p { margin-top: 0.5rem; }
.people li { padding: 0.5rem 0; border-top: 1px solid var(--line); }
.people li:first-child { padding-top: 0; border-top: 0; }
.people a { margin-right: 0.375rem; font-weight: 600; overflow-wrap: anywhere; }
.people .since { color: var(--soft); font-size: 0.875rem; white-space: nowrap; }
.people .why { display: block; color: var(--soft); font-size: 0.875rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
.people .more { color: var(--soft); font-size: 0.875rem; }
.people .more a { margin: 0; font-weight: inherit; }
.nothing { margin-top: 1rem; max-width: 44rem; }
.nothing strong { display: block; margin-bottom: 0.25rem; }

/* Controls */
.controls { display: grid; grid-template-columns: minmax(14rem, 22rem) 1fr; gap: 1.25rem 2.5rem; margin-top: 1.5rem; }
.controls label, .controls legend { font-size: 0.875rem; }
.find label, legend { display: block; margin-bottom: 0.375rem; padding: 0; font-weight: 600; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
input[type="search"] {
  width: 100%;
  min-height: 2.5rem;
  padding: 0.375rem 0.75rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--paper);
  color: var(--ink);
  font: inherit;
}
.chips { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chip { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.5rem; padding: 0.25rem 0.875rem 0.25rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.chip:hover { border-color: var(--edge); }
.chip:has(:checked) { border-color: var(--ink); background: var(--panel); }
.chip input { width: 1rem; height: 1rem; margin: 0; accent-color: var(--ink); }
.chip .number { color: var(--soft); }
.status { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.25rem; min-height: 2.25rem; margin-top: 1.25rem; font-weight: 600; }
button { font: inherit; color: inherit; cursor: pointer; }
#reset { padding: 0.25rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; background: none; font-size: 0.875rem; font-weight: 400; }
#reset:hover { background: var(--panel); }
.filters { display: none; }

/*
 * Table. On the screen every row is a grid with fixed columns, so that a browser lays out only the rows in view:
 * thousands stay quick. The roles are in the markup, since some browsers forget them with display.
 */
table { width: 100%; font-size: 0.9375rem; line-height: 1.4; border-spacing: 0; }
caption { padding-bottom: 0.875rem; color: var(--soft); font-size: 0.875rem; text-align: left; }
th, td { padding: 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; unicode-bidi: isolate; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
thead button { display: inline-flex; align-items: center; gap: 0.375rem; min-height: 1.75rem; margin: 0; padding: 0.125rem 0; border: 0; background: none; font-weight: inherit; text-align: left; overflow-wrap: normal; }
thead button:hover { color: var(--ink); }
thead button::after { content: ""; flex: none; width: 0.5rem; height: 0.6875rem; background: currentColor; opacity: 0.45; clip-path: polygon(50% 0, 100% 40%, 0 40%, 0 60%, 100% 60%, 50% 100%, 0 60%, 0 40%); forced-color-adjust: none; }
[aria-sort="ascending"] button, [aria-sort="descending"] button { color: var(--ink); }
[aria-sort="ascending"] button::after { clip-path: polygon(50% 15%, 100% 75%, 0 75%); opacity: 1; }
[aria-sort="descending"] button::after { clip-path: polygon(0 25%, 100% 25%, 50% 85%); opacity: 1; }
tbody tr { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th small, td small { display: block; color: var(--soft); font-size: 0.8125rem; font-weight: 400; }
[data-state="unprotected"] td .mark { color: var(--unprotected); font-weight: 600; }
td:nth-child(n+3) { color: var(--soft); }
.none { padding: 1.5rem 0 0; color: var(--soft); }
@media screen {
  table, caption, thead, tbody { display: block; }
  tr { display: grid; grid-template-columns: minmax(0, 1fr); }
  tbody tr { scroll-margin-top: 3rem; }
  .long tbody tr { content-visibility: auto; contain-intrinsic-size: auto 4rem; }
  tbody tr:hover, tbody tr:target { background: var(--panel); }
  tbody tr:target { box-shadow: inset 3px 0 var(--link); }
  tbody tr:target th { padding-left: 0.75rem; }
}
@media screen and (min-width: 58.01rem) {
  tr { grid-template-columns: minmax(0, 7fr) minmax(0, 4fr) minmax(0, 7fr) minmax(0, 2.6fr) minmax(0, 2.2fr) minmax(0, 2.4fr); column-gap: 1rem; align-items: start; padding: 0.625rem 0; }
  thead { position: sticky; top: 0; z-index: 1; }
  thead tr { align-items: end; padding: 0.375rem 0; background: var(--paper); box-shadow: inset 0 -1px var(--edge); }
}

footer { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; }
footer p { max-width: 46rem; }
footer p + p { margin-top: 0.5rem; }

@media screen and (max-width: 64rem) {
  .legend { grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); }
  .controls, .finding { grid-template-columns: minmax(0, 1fr); }
}

/* Narrow: every row is a card that names its cells. */
@media screen and (max-width: 58rem) {
  body { padding-top: 2rem; }
  main > section { margin-top: 2.25rem; padding-top: 2rem; }
  .facts { gap: 0.75rem 2rem; }
  .legend { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .legend li { grid-template-columns: 4.5rem 3.5rem 1fr; column-gap: 0; }
  .legend .label { grid-column: 3; }
  .meaning { display: none; }
  .figure { font-size: 1.375rem; }
  html:not(.scripted) thead { position: absolute; left: -99rem; }
  thead tr { display: flex; flex-wrap: wrap; gap: 0.375rem; padding-bottom: 1rem; border-bottom: 1px solid var(--edge); }
  thead button { min-height: 2.25rem; padding: 0.25rem 0.625rem; border: 1px solid var(--line); border-radius: 6px; }
  tbody tr { padding: 0.875rem 0; }
  tbody td { padding-top: 0.25rem; }
  tbody tr:target { padding-left: 0.75rem; }
  tbody tr:target th { padding-left: 0; }
  tbody td:nth-child(n+4)::before { display: inline-block; width: 7rem; }
  tbody td:nth-child(4)::before { content: "MFA devices"; }
  tbody td:nth-child(5)::before { content: "Password"; }
  tbody td:nth-child(6)::before { content: "User since"; }
  tbody td:nth-child(n+4) { color: var(--ink); font-size: 0.875rem; }
  tbody td:nth-child(n+4)::before { color: var(--soft); }
}

@media screen and (min-width: 36rem) and (max-width: 58rem) {
  tbody tr { grid-template-columns: minmax(0, 1fr) minmax(0, 16rem); column-gap: 1.5rem; }
  tbody th, tbody td:nth-child(3) { grid-column: 1; }
  tbody td:nth-child(2) { grid-area: 1 / 2; padding-top: 0; }
  tbody td:nth-child(3) { grid-row: 2 / span 3; }
  tbody td:nth-child(n+4) { grid-column: 2; }
  .legend { grid-template-columns: 1fr 1fr; gap: 1rem 2rem; }
}

/* Paper: the filtered rows are printed, with the filters. */
@media print {
  @page { margin: 16mm 14mm; }
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .skip, .controls, #reset, #sort-hint, #none { display: none !important; }
  .filters { display: block; }
  main > section { margin-top: 8mm; padding-top: 6mm; }
  h1 { font-size: 20pt; }
  h2, .verdict { font-size: 14pt; break-after: avoid; }
  .figure { font-size: 15pt; }
  .legend { gap: 4mm 5mm; }
  .legend .meaning, .legend .share, .people .why, .people .since { font-size: 8pt; }
  .finding { gap: 3mm 8mm; margin-top: 5mm; break-inside: avoid; }
  .finding + .finding { padding-top: 5mm; }
  .finding h3 { font-size: 10.5pt; }
  a { color: inherit; text-decoration: none; }
  table { table-layout: fixed; font-size: 8.5pt; }
  .c-user { width: 27%; }
  .c-state { width: 16%; }
  .c-devices { width: 9%; }
  .c-password { width: 10%; }
  .c-since { width: 13%; }
  thead { display: table-header-group; }
  thead th { font-size: 7.5pt; vertical-align: bottom; border-bottom: 1px solid var(--edge); }
  tbody th, tbody td { border-bottom: 1px solid var(--line); }
  /* Chromium repeats text on every page, but not buttons. */
  thead button { display: none; }
  thead th[data-title]::before { content: attr(data-title); }
  tbody th small, td small { font-size: 7pt; }
  tbody tr { break-inside: avoid; }
  th, td { padding: 1.5mm 3mm 1.5mm 0; }
}

@media (forced-colors: active) {
  .chip:has(:checked) { outline: 2px solid Highlight; }
  thead button::after { background: ButtonText; }
}
`;
