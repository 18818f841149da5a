import type { HistoryLine } from '../../../events/history.ts';
import { count, day } from '../report/text.ts';
import { html, type Markup } from './markup.ts';

interface Curve {
  readonly name: string;
  readonly of: (line: HistoryLine) => number;
  readonly mark: string;
}

/** Drawn in this order. A state has its colour and mark. */
const curves: readonly Curve[] = [
  { name: 'without MFA', of: ({ withoutMfa }) => withoutMfa, mark: 'without-mfa' },
  { name: 'blocked', of: ({ totals }) => totals.blocked, mark: 'blocked' },
  { name: 'unprotected', of: ({ totals }) => totals.unprotected, mark: 'unprotected' },
];

// The plot, in units of its own that the browser stretches to the width of the page.
const WIDTH = 1000;
const HEIGHT = 100;
/** Rows of the table beside the picture: the last ones. */
const LISTED = 30;

/**
 * How the numbers of `report --history` went, as a picture, a sentence and a table.
 * @returns nothing where there are fewer than two reports: one has no trend
 */
export function trendSection(history: readonly HistoryLine[]): Markup | [] {
  const lines = history.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined || first.at === last.at) return [];
  const most = Math.max(1, ...lines.flatMap((line) => curves.map(({ of }) => of(line))));
  const listed = lines.slice(-LISTED).reverse();
  return html`<section class="trend" aria-labelledby="trend-heading">
<h2 id="trend-heading">Trend</h2>
<p id="trend-text">${sentence(first, last)}${partly(lines)}</p>
<ul class="trend-legend" role="list">
${curves.map(({ name, mark }) => html`<li><svg width="28" height="10" aria-hidden="true"><path class="curve" data-curve="${mark}" d="M0 5H28"/></svg> ${name}</li>`)}
</ul>
<svg class="plot" role="img" aria-labelledby="trend-heading trend-text" width="100%" height="150">
<svg x="40" y="8" width="100%" height="112" class="area" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
<path class="axis" d="M0 0H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>
${curves.map(({ of, mark }) => html`<path class="curve" data-curve="${mark}" d="${path(lines, of, most)}"/>`)}
</svg>
<text x="32" y="13" text-anchor="end">${count(most)}</text><text x="32" y="124" text-anchor="end">0</text>
<text x="40" y="142">${day(first.at)}</text><text x="50%" dx="20" y="142" text-anchor="middle">${day(middleOf(first, last))}</text><text x="100%" y="142" text-anchor="end">${day(last.at)}</text>
</svg>
<details><summary>The numbers of ${lines.length > LISTED ? `the last ${LISTED} of ` : ''}${count(lines.length)} reports</summary>
<table class="history"><thead><tr><th scope="col">Report of</th>${curves.map(({ name }) => html`<th scope="col">${name}</th>`)}<th scope="col">users</th></tr></thead>
<tbody>${listed.map((line) => html`<tr><th scope="row">${day(line.at)}</th>${curves.map(({ of }) => html`<td>${count(of(line))}</td>`)}<td>${count(line.totals.users)}</td></tr>`)}</tbody></table></details>
</section>`;
}

function sentence(first: HistoryLine, last: HistoryLine): string {
  const parts = curves
    .toReversed()
    .map(({ name, of }) => `${name} from ${count(of(first))} to ${count(of(last))}`);
  return `From ${day(first.at)} to ${day(last.at)}: ${parts.join(', ')}.`;
}

/** A report without some accounts has numbers that are too small. */
function partly(lines: readonly HistoryLine[]): string {
  const some = lines.filter(({ notRead }) => notRead > 0).length;
  if (some === 0) return '';
  return ` In ${count(some)} of ${count(lines.length)} reports some accounts could not be read: their users are not counted.`;
}

/** A line through the reports, each at its time. */
function path(lines: readonly HistoryLine[], of: Curve['of'], most: number): string {
  const times = lines.map(({ at }) => Date.parse(at));
  const start = times[0] ?? 0;
  const whole = (times.at(-1) ?? 0) - start;
  return lines
    .map((line, index) => {
      const x = round((((times[index] ?? 0) - start) / whole) * WIDTH);
      const y = round(HEIGHT - (of(line) / most) * HEIGHT);
      return `${index === 0 ? 'M' : 'L'}${x} ${y}`;
    })
    .join('');
}

function middleOf(first: HistoryLine, last: HistoryLine): string {
  return new Date((Date.parse(first.at) + Date.parse(last.at)) / 2).toISOString();
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
