/** A box of a diagram, in a grid. */
export interface Box {
  readonly column: number;
  readonly row: number;
  /** The small print above the name. */
  readonly service: string;
  readonly name: string;
  readonly lines: readonly string[];
  /** The enforcer's own code. */
  readonly isOurCode?: boolean;
}

/** An arrow between two boxes, by their keys. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly both?: boolean;
  readonly label?: string;
}

export interface Diagram {
  readonly title: string;
  readonly description: string;
  readonly boxes: Readonly<Record<string, Box>>;
  readonly arrows: readonly Arrow[];
}

const BOX = { width: 178, height: 100 };
const GAP = { x: 30, y: 40 };
const MARGIN = 16;

const left = ({ column }: Box) => MARGIN + column * (BOX.width + GAP.x);
const top = ({ row }: Box) => MARGIN + row * (BOX.height + GAP.y);
const middle = (box: Box) => ({ x: left(box) + BOX.width / 2, y: top(box) + BOX.height / 2 });

/** Both schemes have a background of their own, so that the page's scheme may be another one than the reader's. */
const STYLE = `
.paper { fill: #ffffff; stroke: #d1d9e0; }
.box { fill: #f6f8fa; stroke: #afb8c1; }
.strong { fill: #ddf4ff; stroke: #0969da; }
.line { fill: none; stroke: #59636e; stroke-width: 1.5; }
.head { fill: #59636e; }
text { font-family: -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Helvetica, Arial, sans-serif; fill: #1f2328; }
.name { font-size: 15px; font-weight: 600; }
.service, .more { font-size: 13px; fill: #59636e; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; stroke: #3d444d; }
.box { fill: #151b23; stroke: #656c76; }
.strong { fill: #121d2f; stroke: #4493f8; }
.line { stroke: #9198a1; }
.head { fill: #9198a1; }
text { fill: #f0f6fc; }
.service, .more { fill: #9198a1; }
}`;

/** A diagram as an SVG document that needs nothing else. */
export function diagram({ title, description, boxes, arrows }: Diagram): string {
  const all = Object.values(boxes);
  const width = Math.max(...all.map(left)) + BOX.width + MARGIN;
  const height = Math.max(...all.map(top)) + BOX.height + MARGIN;
  const box = (key: string) => {
    const found = boxes[key];
    if (found === undefined) throw new Error(`no box ${key}`);
    return found;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>
<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${arrows.map(({ from, to, ...rest }) => arrow(box(from), box(to), rest)).join('\n')}
${all.map(drawn).join('\n')}
</svg>
`;
}

function drawn(box: Box): string {
  const [x, y] = [left(box), top(box)];
  const line = (text: string, kind: string, at: number) =>
    `<text class="${kind}" x="${x + 10}" y="${y + at}">${escaped(text)}</text>`;
  return [
    `<rect class="${box.isOurCode ? 'strong' : 'box'}" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>`,
    line(box.service, 'service', 22),
    line(box.name, 'name', 43),
    ...box.lines.map((text, index) => line(text, 'more', 66 + index * 19)),
  ].join('\n');
}

/** A straight arrow between neighbours, or one with a bend: first sideways, then up or down. */
function arrow(from: Box, to: Box, { both, label }: Omit<Arrow, 'from' | 'to'>): string {
  const ends = `marker-end="url(#head)"${both ? ' marker-start="url(#head)"' : ''}`;
  const line = (path: string) => `<path class="line" d="${path}" ${ends}/>`;
  const [a, b] = [middle(from), middle(to)];
  const right = Math.sign(b.x - a.x);
  const down = Math.sign(b.y - a.y);
  const sideways = `M${a.x + (right * BOX.width) / 2 + right * 2} ${a.y}`;
  if (down === 0) return line(`${sideways}H${b.x - right * (BOX.width / 2 + 2)}`);
  const into = `V${b.y - down * (BOX.height / 2 + 2)}`;
  if (right === 0) return line(`M${a.x} ${a.y + down * (BOX.height / 2 + 2)}${into}`);
  const text = label
    ? `<text class="more" x="${a.x + BOX.width / 2 + 8}" y="${a.y - 8}">${escaped(label)}</text>`
    : '';
  return line(`${sideways}H${b.x}${into}`) + text;
}

/** A text for an SVG document. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
