const METRIC = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*';
// The only escapes are \\, \" and \n.
const PAIR = `${LABEL}="(?:[^"\\\\]|\\\\[\\\\"n])*"`;
const NUMBER = '[-+]?(?:\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?|Inf)|NaN';

const help = new RegExp(`^# HELP (${METRIC}) ((?:[^\\\\]|\\\\[\\\\n])*)$`);
const type = new RegExp(`^# TYPE (${METRIC}) (counter|gauge|histogram|summary|untyped)$`);
const sample = new RegExp(`^(${METRIC})(?:\\{(${PAIR}(?:,${PAIR})*)\\})? (${NUMBER})$`);

/**
 * The faults of a text in Prometheus's exposition format 0.0.4 (prometheus.io, "Exposition formats"), as far as
 * gauges go. Narrower than the format where one way of writing is enough: one space between tokens, no timestamps,
 * no empty lines, HELP and TYPE of every metric, in this order.
 */
export function promtoolProblems(text: string): string[] {
  const problems: string[] = [];
  if (text !== '' && !text.endsWith('\n')) problems.push('no newline at the end');
  // The metric whose group is open, and how far it is.
  let group: { name: string; typed: boolean } | null = null;
  const groups = new Set<string>();
  const series = new Set<string>();
  for (const line of text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)) {
    const [, helped] = help.exec(line) ?? [];
    const [, typed] = type.exec(line) ?? [];
    const [, sampled, labels = ''] = sample.exec(line) ?? [];
    if (helped !== undefined) {
      if (groups.has(helped)) problems.push(`second group or HELP: ${helped}`);
      groups.add(helped);
      group = { name: helped, typed: false };
    } else if (typed !== undefined) {
      if (group?.name !== typed || group.typed) problems.push(`TYPE not after its HELP: ${typed}`);
      else group.typed = true;
    } else if (sampled !== undefined) {
      if (group?.name !== sampled || !group.typed) problems.push(`outside its group: ${sampled}`);
      const pairs = labels.match(new RegExp(PAIR, 'g')) ?? [];
      const names = pairs.map((pair) => pair.slice(0, pair.indexOf('=')));
      if (new Set(names).size < names.length) problems.push(`label twice: ${line}`);
      if (names.some((name) => name.startsWith('__'))) problems.push(`reserved label: ${line}`);
      const key = `${sampled}{${pairs.toSorted().join(',')}}`;
      if (series.has(key)) problems.push(`series twice: ${key}`);
      series.add(key);
    } else if (!line.startsWith('# ') || /^#\s*(HELP|TYPE)\b/.test(line)) {
      problems.push(`not understood: ${line}`);
    }
  }
  return problems;
}
