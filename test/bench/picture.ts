import { escaped } from '../pictures/diagram.ts';
import { type AccountMeasured, sumOf } from './measure.ts';
import { before } from './page.ts';

export const GROWTH_PICTURE = 'docs/pictures/calls.svg';

/** The calls of a quiet night, by the number of users. */
interface Series {
  readonly name: string;
  readonly kind: 'now' | 'before' | 'plain';
  readonly points: readonly (readonly [users: number, calls: number])[];
}

const PLOT = { left: 70, top: 62, width: 450, height: 250 };
const SIZE = { width: 820, height: 370 };
const MOST_USERS = 5000;
/** The calls have a logarithmic scale from 1 to this. */
const MOST_CALLS = 100_000;

const xOf = (users: number) => PLOT.left + (users / MOST_USERS) * PLOT.width;
const yOf = (calls: number) =>
  PLOT.top + PLOT.height * (1 - Math.log10(calls) / Math.log10(MOST_CALLS));

/** Both schemes have a background of their own, so that the page's scheme may be another one than the reader's. */
const STYLE = `
.paper { fill: #ffffff; stroke: #d1d9e0; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.now, .before, .plain { fill: none; stroke-width: 2.5; }
.now { stroke: #0969da; }
.before { stroke: #bc4c00; stroke-dasharray: 6 4; }
.plain { stroke: #59636e; stroke-dasharray: 2 4; }
text { font-family: -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif; font-size: 13px; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.more { fill: #59636e; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; stroke: #3d444d; }
.grid { stroke: #3d444d; }
.now { stroke: #4493f8; }
.before { stroke: #f0883e; }
.plain { stroke: #9198a1; }
text { fill: #f0f6fc; }
.more { fill: #9198a1; }
}`;

/**
 * The calls of a quiet night as curves: with virtual devices and with passkeys, now and before, and the plain sweep.
 * @param virtual the name of the mix with virtual devices
 * @param passkeys the name of the mix with passkeys only
 * @returns an SVG document that needs nothing else
 */
export function growthPicture(
  ours: readonly AccountMeasured[],
  plain: readonly AccountMeasured[],
  virtual: string,
  passkeys: string,
): string {
  const sizes = ours.filter(({ mixName }) => mixName === virtual).map(({ users }) => users);
  const second = (all: readonly AccountMeasured[], mix: string): Series['points'] =>
    all
      .filter(({ mixName }) => mixName === mix)
      .map(({ users, second: { calls } }) => [users, sumOf(calls)] as const);
  const series: readonly Series[] = [
    { name: 'plain sweep', kind: 'plain', points: second(plain, virtual) },
    {
      name: 'only passkeys, before',
      kind: 'before',
      points: sizes.map((users) => [users, before(passkeys, users)] as const),
    },
    { name: 'virtual devices', kind: 'now', points: second(ours, virtual) },
    { name: 'only passkeys', kind: 'now', points: second(ours, passkeys) },
  ];
  const title = 'IAM calls of a quiet night';
  const description = series
    .map((one) => `${one.name}: ${lastOf(one)} calls at 5,000 users`)
    .join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" width="${SIZE.width}" height="${SIZE.height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}
</style>
<rect class="paper" x="0.5" y="0.5" width="${SIZE.width - 1}" height="${SIZE.height - 1}" rx="8"/>
<text class="title" x="20" y="30">${escaped(title)}</text>
<text class="more" x="20" y="48">by the number of users; the scale of calls is logarithmic</text>
${[1, 10, 100, 1000, 10_000, 100_000].map(callsLine).join('\n')}
${[0, 1000, 2000, 3000, 4000, 5000].map(usersMark).join('\n')}
${series.map(curve).join('\n')}
${labels(series).join('\n')}
</svg>
`;
}

function lastOf({ points }: Series): string {
  return (points.at(-1)?.[1] ?? 0).toLocaleString('en-US');
}

/** At the ends of the curves; labels of curves that nearly touch stand below each other. */
function labels(series: readonly Series[]): string[] {
  let lowest = 0;
  return series.map((one) => {
    lowest = Math.max(yOf(one.points.at(-1)?.[1] ?? 1) + 4, lowest + 17);
    const text = escaped(`${one.name}: ${lastOf(one)}`);
    return `<text x="${xOf(MOST_USERS) + 10}" y="${lowest.toFixed(0)}">${text}</text>`;
  });
}

function callsLine(calls: number): string {
  const y = yOf(calls).toFixed(0);
  const right = PLOT.left + PLOT.width;
  return (
    `<path class="grid" d="M${PLOT.left} ${y}H${right}"/>` +
    `<text class="more" x="${PLOT.left - 8}" y="${Number(y) + 4}" text-anchor="end">${calls.toLocaleString('en-US')}</text>`
  );
}

function usersMark(users: number): string {
  const y = PLOT.top + PLOT.height + 22;
  return `<text class="more" x="${xOf(users).toFixed(0)}" y="${y}" text-anchor="middle">${users.toLocaleString('en-US')}</text>`;
}

function curve({ kind, points }: Series): string {
  const path = points.map(([users, calls]) => `${xOf(users).toFixed(0)} ${yOf(calls).toFixed(0)}`);
  return `<path class="${kind}" d="M${path.join('L')}"/>`;
}
