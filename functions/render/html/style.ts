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
  max-width: 96rem;
  padding: 1.5rem clamp(1rem, 2.5vw, 3rem) 1.5rem;
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
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
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
h1 { margin-top: 0; font-size: clamp(1.5rem, 1.2rem + 1.2vw, 2rem); letter-spacing: -0.025em; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 0.5rem 2.5rem; margin-top: 0.75rem; font-size: 0.9375rem; }
.facts dt { color: var(--soft); font-size: 0.8125rem; }
.facts dd { overflow-wrap: anywhere; }

/* Totals */
main > section { margin-top: 1.25rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h2 { font-size: 1.25rem; }
.verdict { font-size: clamp(1.25rem, 1rem + 1.1vw, 1.625rem); }
.bar { display: block; margin-top: 1rem; border-radius: 6px; forced-color-adjust: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.track { fill: var(--line); }
.segment { stroke: var(--paper); stroke-width: 2px; }
.segment[data-state="unprotected"] { fill: var(--unprotected); }
.segment[data-state="blocked"] { fill: var(--blocked); }
.segment[data-state="exempt"] { fill: var(--exempt); }
.segment[data-state="out-of-scope"] { fill: var(--out-of-scope); }
.segment[data-state="protected"] { fill: var(--protected); }
.on-segment { fill: var(--on-segment); }
.legend { display: grid; grid-template-columns: repeat(5, 1fr); gap: 1rem 2rem; margin-top: 0.75rem; }
.legend li { display: grid; grid-template-columns: auto 1fr; align-items: baseline; align-content: start; column-gap: 0.625rem; }
.figure { font-size: 1.5rem; line-height: 1.2; font-weight: 600; letter-spacing: -0.02em; }
.share { color: var(--soft); font-size: 0.875rem; }
.legend .label, .meaning { grid-column: 1 / -1; }
.label { font-weight: 600; text-wrap: balance; }
.meaning { color: var(--soft); font-size: 0.875rem; line-height: 1.4; }

/* Needs attention */
.findings { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0.75rem 2.5rem; margin-top: 0.75rem; }
.finding { max-width: 50rem; font-size: 0.875rem; line-height: 1.4; }
.finding h3 { font-size: 1rem; letter-spacing: -0.005em; text-wrap: pretty; }
.finding h3, .legend .label, td .mark { display: block; padding-left: 1.2em; text-indent: -1.2em; }
.finding p { margin-top: 0.25rem; }
.people { margin-top: 0.25rem; overflow-wrap: anywhere; }
.people li { display: inline; }
.people li + li::before { content: "· "; color: var(--soft); }
.people a { font-weight: 600; }
.standards, .common { color: var(--soft); font-size: 0.8125rem; overflow-wrap: anywhere; }
.common { max-width: 80rem; }

/* Trend */
.trend > p { margin-top: 0.5rem; }
.trend-legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin-top: 0.5rem; font-size: 0.875rem; }
.plot { display: block; margin-top: 0.5rem; }
.plot text { fill: var(--soft); font-size: 0.8125rem; }
.area { width: calc(100% - 40px); overflow: visible; }
.axis { fill: none; stroke: var(--line); vector-effect: non-scaling-stroke; }
.curve { fill: none; stroke: var(--ink); stroke-width: 2.5px; vector-effect: non-scaling-stroke; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
[data-curve="without-mfa"] { stroke: var(--soft); stroke-dasharray: 2 4; }
[data-curve="blocked"] { stroke: var(--blocked); stroke-dasharray: 8 4; }
[data-curve="unprotected"] { stroke: var(--unprotected); }
.trend details { margin-top: 0.5rem; font-size: 0.875rem; }
.trend summary { cursor: pointer; }
.history th, .history td { padding: 0.125rem 1.5rem 0.125rem 0; text-align: right; color: var(--ink); }
.history th { text-align: left; }

.nothing { margin-top: 1rem; max-width: 44rem; }
.nothing strong { display: block; margin-bottom: 0.25rem; }

/* Controls */
.controls { display: grid; grid-template-columns: minmax(12rem, 16rem) 1fr; gap: 0.75rem 2.5rem; margin-top: 0.75rem; }
.controls label, .controls legend { font-size: 0.875rem; }
.find label, legend { display: block; margin-bottom: 0.375rem; padding: 0; font-weight: 600; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
input[type="search"] {
  width: 100%;
  min-height: 2.25rem;
  padding: 0.25rem 0.75rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--paper);
  color: var(--ink);
  font: inherit;
}
.chips { display: flex; flex-wrap: wrap; gap: 0.375rem; }
.chip { display: inline-flex; align-items: center; gap: 0.375rem; min-height: 2.25rem; padding: 0.25rem 0.5rem; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.chip:hover { border-color: var(--edge); }
.chip:has(:checked) { border-color: var(--ink); background: var(--panel); }
.chip input { width: 1rem; height: 1rem; margin: 0; accent-color: var(--ink); }
.chip .number { color: var(--soft); }
.status { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.25rem; min-height: 2.25rem; margin-top: 0.5rem; font-weight: 600; }
button { font: inherit; color: inherit; cursor: pointer; }
.status button, #reset-accounts, .more button { padding: 0.25rem 0.75rem; border: 1px solid var(--edge); border-radius: 6px; background: none; font-size: 0.875rem; font-weight: 400; }
.status button:hover, #reset-accounts:hover, .more button:hover { background: var(--panel); }
.filters { display: none; }

/*
 * Table. On the screen every row is a grid with fixed columns, so that a browser lays out only the rows in view:
 * thousands stay quick. The roles are in the markup, since some browsers forget them with display.
 */
table { width: 100%; font-size: 0.84375rem; line-height: 1.3; border-spacing: 0; }
caption { padding: 0.25rem 0 0.5rem; color: var(--soft); font-size: 0.8125rem; text-align: left; }
th, td { padding: 0; text-align: left; vertical-align: top; overflow-wrap: break-word; unicode-bidi: isolate; }
tbody th { overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: 0.78125rem; font-weight: 600; }
thead button { display: inline-flex; align-items: center; gap: 0.375rem; min-height: 1.75rem; margin: 0; padding: 0.125rem 0; border: 0; background: none; font-weight: inherit; text-align: left; overflow-wrap: normal; }
thead button:hover { color: var(--ink); }
thead button::after { content: ""; flex: none; width: 0.5rem; height: 0.6875rem; background: currentColor; opacity: 0.45; clip-path: polygon(50% 0, 100% 40%, 0 40%, 0 60%, 100% 60%, 50% 100%, 0 60%, 0 40%); forced-color-adjust: none; }
[aria-sort="ascending"] button, [aria-sort="descending"] button { color: var(--ink); }
[aria-sort="ascending"] button::after { clip-path: polygon(50% 15%, 100% 75%, 0 75%); opacity: 1; }
[aria-sort="descending"] button::after { clip-path: polygon(0 25%, 100% 25%, 50% 85%); opacity: 1; }
tbody tr { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
tbody th small, td small { color: var(--soft); font-size: 0.8125rem; font-weight: 400; }
[data-state="unprotected"] td .mark { color: var(--unprotected); font-weight: 600; }
.none { padding: 1.5rem 0 0; color: var(--soft); }

/* What is known of a user, folded; its button is at the end of the row. */
summary { cursor: pointer; }
.more summary { display: block; }
.more summary::before { content: ""; display: block; width: 0.4375rem; height: 0.4375rem; margin: 0 0.25rem 0.25rem; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(45deg); }
.more [open] summary::before { margin-top: 0.25rem; transform: rotate(225deg); }
.more summary:hover::before { border-color: var(--ink); }
.more details[open] { padding: 0.25rem 2rem 0.5rem 0; }
.more p { white-space: pre-line; overflow-wrap: break-word; }
.more code { font-size: 0.8125rem; overflow-wrap: anywhere; user-select: all; }
.more button { padding: 0 0.5rem; font-size: 0.75rem; }
@media screen {
  #table, #table caption, #table thead, #table tbody { display: block; }
  #table tr { position: relative; display: grid; grid-template-columns: minmax(0, 1fr); padding-right: 2rem; }
  #table tbody tr { scroll-margin-top: 3rem; }
  #table.long tbody tr { content-visibility: auto; contain-intrinsic-size: auto 1.5rem; }
  #table tbody tr:hover, #table tbody tr:target { background: var(--panel); }
  #table tbody tr:target { box-shadow: inset 3px 0 var(--link); }
  #table tbody tr:target th { padding-left: 0.75rem; }
  #table td.more { grid-column: 1 / -1; padding: 0; }
  .more summary { position: absolute; top: 0; right: 0.25rem; padding: 0.1875rem 0.25rem; }
  #table thead .more { position: absolute; }
}
@media screen and (min-width: 68.01rem) {
  #table tr { grid-template-columns: minmax(0, 3fr) 7.75rem 8rem 9.25rem 6.25rem 5.5rem 6rem minmax(0, 4fr); column-gap: 0.75rem; align-items: start; }
  #table tbody tr > * { padding: 0.125rem 0; }
  #table thead { position: sticky; top: 0; z-index: 1; }
  #table thead tr { align-items: end; padding-block: 0.125rem; background: var(--paper); box-shadow: inset 0 -1px var(--edge); }
}

footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; }
footer p { max-width: 80rem; }
footer p + p { margin-top: 0.25rem; }

@media screen and (max-width: 68rem) {
  .legend { grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); }
  .controls { grid-template-columns: minmax(0, 1fr); }

  /* Narrow: every row is a card that names its cells. */
  html:not(.scripted) #table thead { position: absolute; left: -99rem; }
  #table thead tr { display: flex; flex-wrap: wrap; gap: 0.375rem; padding: 0 0 0.75rem; border-bottom: 1px solid var(--edge); }
  #table thead button { min-height: 2.25rem; padding: 0.25rem 0.625rem; border: 1px solid var(--line); border-radius: 6px; }
  #table tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.25rem; padding: 0.5rem 2.5rem 0.5rem 0; }
  #table tbody th { flex: 1 0 100%; }
  #table tbody td.more { flex: 1 0 100%; }
  .more summary { padding: 0.75rem; }
  #table tbody td:empty { display: none; }
  #table tbody td:nth-child(n+3):nth-child(-n+7)::before { color: var(--soft); }
  #table tbody td:nth-child(3)::before { content: "Password "; }
  #table tbody td:nth-child(4)::before { content: "Access keys "; }
  #table tbody td:nth-child(5)::before { content: "MFA "; }
  #table tbody td:nth-child(6)::before { content: "Since "; }
  #table tbody td:nth-child(7)::before { content: "Exempt until "; }
}
@media screen and (min-width: 40rem) and (max-width: 68rem) {
  #table tbody th { flex: 0 0 14rem; }
}
@media screen and (max-width: 40rem) {
  .legend { grid-template-columns: minmax(0, 1fr); gap: 0.5rem; }
  .legend li { grid-template-columns: 4.5rem 3.5rem 1fr; column-gap: 0; }
  .legend .label { grid-column: 3; }
  .meaning { display: none; }
  .figure { font-size: 1.25rem; }
}

/* Paper: the filtered rows are printed in their order, with the filters. No heading is alone at the end of a page. */
@media print {
  @page { margin: 14mm 12mm; }
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  .skip, .controls, .find, #reset, #save, #sort-hint, #none, .more, .trend details { display: none !important; }
  .filters { display: block; }
  main > section { margin-top: 6mm; padding-top: 5mm; }
  h1 { font-size: 20pt; }
  h2, .verdict { font-size: 13pt; }
  h1, h2, h3, caption, .eyebrow, .status, .filters, .common, .trend > p, .trend-legend { break-after: avoid; }
  .glance, .finding, .legend li, .trend, tbody tr, footer { break-inside: avoid; }
  p, li, dd { orphans: 3; widows: 3; }
  .figure { font-size: 14pt; }
  .legend { gap: 3mm 5mm; }
  .legend .meaning, .legend .share, .common, .standards { font-size: 7.5pt; }
  .findings { display: block; }
  .finding { max-width: none; margin-top: 4mm; font-size: 9pt; }
  .finding h3 { font-size: 10pt; }
  .status { min-height: 0; }
  .facts { gap: 2mm 8mm; font-size: 8.5pt; }
  a { color: inherit; text-decoration: none; }
  table { font-size: 8pt; }
  thead { display: table-header-group; }
  thead th { font-size: 7.5pt; vertical-align: bottom; border-bottom: 1px solid var(--edge); }
  tbody th, tbody td { border-bottom: 1px solid var(--line); }
  /* Chromium repeats text on every page, but not buttons. */
  thead button { display: none; }
  td:nth-child(n+3):nth-child(-n+7) { white-space: nowrap; }
  thead th[data-title]::before { content: attr(data-title); }
  th, td { padding: 1mm 2mm 1mm 0; }
  #table { font-size: 7.5pt; }
  #table tbody th { overflow-wrap: break-word; }
  #table th:first-child { width: 24%; }
  #table td:nth-last-child(2) { width: 22%; }
  caption, footer { font-size: 7.5pt; }
}

@media (forced-colors: active) {
  .chip:has(:checked) { outline: 2px solid Highlight; }
  thead button::after { background: ButtonText; }
}
`;
