import type { Total } from './total.ts';

/** Shows the progress of a simulation: a bar on a terminal, a line for every twentieth of it in a log. */
export function progress(of: number, stream: NodeJS.WriteStream): (total: Total) => void {
  const twentieth = Math.max(1, Math.floor(of / 20));
  let next = twentieth;
  return ({ runs, broken }) => {
    const state = `${runs} of ${of}${broken.length > 0 ? `, broken: ${seeds(broken)}` : ''}`;
    if (stream.isTTY) {
      const share = Math.round((40 * runs) / of);
      const bar = '█'.repeat(share) + '░'.repeat(40 - share);
      stream.write(`\r\u001B[K${runs < of ? `  ${bar} ${state} ` : ''}`);
    } else if (runs >= next) {
      next += twentieth;
      stream.write(`${state}\n`);
    }
  };
}

/** Shows the first violations only: the summary has all. */
function seeds(broken: Total['broken']): string {
  const all = [...new Set(broken.map(({ seed }) => seed))];
  const shown = all.slice(0, 5).join(', ');
  return all.length > 5 ? `seeds ${shown} and ${all.length - 5} more` : `seeds ${shown}`;
}
