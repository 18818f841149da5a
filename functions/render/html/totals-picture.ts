import type { SweepTotals } from '../../../events/outcome.ts';
import type { State } from '../../../events/report.ts';
import { count } from '../report/text.ts';
import { share, users } from './format.ts';
import { html, type Markup } from './markup.ts';
import { states } from './states.ts';

/** A mark is drawn in a segment that has room for it. */
const ROOM_FOR_MARK = 4;
/** The narrowest segment, in per cent: one user of thousands must be visible. */
const NARROWEST = 0.8;

/** The marks of the states around the origin, in px. The style has the same shapes for HTML. */
const marks: Readonly<Record<State, string>> = {
  unprotected: 'M0-6L6.5 5H-6.5Z',
  blocked: 'M-5-5H5V5H-5Z',
  exempt: 'M0-6.5L6.5 0L0 6.5L-6.5 0Z',
  'out-of-scope': 'M-6-1.75H6V1.75H-6Z',
  protected: 'M-5.5 0A5.5 5.5 0 1 1 5.5 0A5.5 5.5 0 1 1-5.5 0Z',
};

/** The totals as one stacked bar, and the legend that gives the numbers. */
export function totalsPicture(totals: SweepTotals): Markup {
  return html`<svg class="bar" role="img" aria-labelledby="bar-title" height="36" width="100%">
<title id="bar-title">${description(totals)}</title>
<rect class="track" width="100%" height="36"/>
${segments(totals)}
</svg>
<ul class="legend" role="list">
${states.map(
  ({ state, label, meaning, total }) => html`<li>
<span class="figure">${count(totals[total])}</span>
<span class="share">${share(totals[total], totals.users)}</span>
<span class="mark label" data-state="${state}">${label}</span>
<span class="meaning">${meaning}</span>
</li>`,
)}
</ul>`;
}

function description(totals: SweepTotals): string {
  const parts = states.map(({ label, total }) => `${count(totals[total])} ${label}`);
  return `Of ${users(totals.users)}: ${parts.join(', ')}.`;
}

function segments(totals: SweepTotals): Markup[] {
  const parts = states.filter(({ total }) => totals[total] > 0);
  const sum = parts.reduce((all, { total }) => all + totals[total], 0);
  const wanted = parts.map(({ total }) => Math.max((totals[total] / sum) * 100, NARROWEST));
  const scale = 100 / wanted.reduce((all, width) => all + width, 0);
  let x = 0;
  return parts.map(({ state }, index) => {
    const width = (wanted[index] ?? 0) * scale;
    const mark =
      width < ROOM_FOR_MARK
        ? []
        : [
            html`<svg x="${percent(x + width / 2)}" y="18" overflow="visible"><path class="on-segment" d="${marks[state]}"/></svg>`,
          ];
    const segment = html`<g><rect class="segment" data-state="${state}" x="${percent(x)}" width="${percent(width)}" height="36"/>${mark}</g>`;
    x += width;
    return segment;
  });
}

function percent(value: number): string {
  return `${Number(value.toFixed(3))}%`;
}
