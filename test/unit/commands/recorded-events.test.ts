import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../events/message.ts';
import { readRecordedEvents } from '../../../functions/commands/recorded-events.ts';
import { UsageError } from '../../../functions/commands/terminal.ts';

interface Envelope {
  readonly account: string;
  readonly detail: Record<string, unknown>;
}
const sample = (name: string): Envelope =>
  JSON.parse(
    readFileSync(new URL(`../../../events/samples/${name}.json`, import.meta.url), 'utf8'),
  ) as Envelope;
const [created, deactivated] = [sample('CreateUser'), sample('DeactivateMFADevice')];
const [A, B] = [created.detail, deactivated.detail];
const json = (value: unknown) => JSON.stringify(value);
const [a, b] = [json(A), json(B)];

/** As Athena prints a structure of its table of a trail. */
function structure(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(
    ([name, inner]) => `${name.toLowerCase()}=${structure(inner)}`,
  );
  return `{${fields.join(', ')}}`;
}

/** A row of Athena's table of a trail: names in lower case, both elements as JSON text, the identity as a structure. */
function athenaRow(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (name === 'userIdentity') return ['useridentity', structure(value)];
      const text = typeof value === 'string' ? value : json(value);
      return [name.toLowerCase(), text];
    }),
  );
}

/** CloudTrail Lake's columns keep their names; its maps look as structures do. */
function lakeRow(record: Record<string, unknown>): Record<string, string>[] {
  return Object.entries(record).map(([name, value]) => {
    const isTime = name === 'eventTime';
    const text = typeof value === 'object' && value !== null ? lakeMap(value) : String(value);
    return { [name]: isTime ? text.replace('T', ' ').replace('Z', '.000') : text };
  });
}
const lakeMap = (value: object) =>
  `{${Object.entries(value)
    .map(([name, inner]) => `${name}=${typeof inner === 'object' ? json(inner) : String(inner)}`)
    .join(', ')}}`;

const rows = [athenaRow(A), athenaRow(B)];
const columns = [...new Set(rows.flatMap(Object.keys))];
const cell = (text = '') => (text === '' ? '' : `"${text.replaceAll('"', '""')}"`);
const csvOf = (names: readonly string[], all: readonly Record<string, string>[]) =>
  [names.map(cell), ...all.map((row) => names.map((name) => cell(row[name])))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
const csv = csvOf(columns, rows);
const athenaResult = {
  ResultSet: {
    Rows: [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((cells) => ({
      Data: cells.map((VarCharValue) => (VarCharValue === undefined ? {} : { VarCharValue })),
    })),
  },
};

async function eventsOf(bytes: Buffer | string) {
  return [...(await readRecordedEvents({ readInput: async () => Buffer.from(bytes) }, '-'))];
}

/** What the parser of the queue makes of it, with its place. */
async function meaning(bytes: Buffer | string) {
  return (await eventsOf(bytes)).map((one) => [
    one.where,
    'wrong' in one ? one.wrong : parseMessage(json(one.value)),
  ]);
}

const lists: Readonly<Record<string, string | Buffer>> = {
  'a trail’s file': json({ Records: [A, B] }),
  'a trail’s file, compressed': gzipSync(json({ Records: [A, B] })),
  'the output of LookupEvents': json({
    Events: [a, b].map((CloudTrailEvent) => ({ EventId: 'e', EventName: 'n', CloudTrailEvent })),
  }),
  'the output of ReceiveMessage': json({ Messages: [{ Body: a }, { Body: b }] }),
  'a batch of SQS': json({ Records: [{ messageId: '1', body: a }, { body: b }] }),
  'a batch of SNS': json({ Records: [{ Sns: { Message: a } }, { Sns: { Message: b } }] }),
  'a list of records': json([A, B]),
  'a list of envelopes': json([created, deactivated]),
  'Athena’s GetQueryResults': json(athenaResult),
  'a list of Athena’s rows': json(rows),
  'a list of Athena’s rows with the identity as JSON': json(
    [A, B].map((record) => ({ ...athenaRow(record), useridentity: json(record.userIdentity) })),
  ),
  'CloudTrail Lake’s GetQueryResults': json({
    QueryStatus: 'FINISHED',
    QueryResultRows: [lakeRow(A), lakeRow(B)],
  }),
  'CloudTrail Lake’s rows with eventJson': json({
    QueryResultRows: [[{ eventName: 'CreateUser' }, { eventJson: a }], [{ eventJson: b }]],
  }),
  'CloudTrail Lake’s rows alone': json([lakeRow(A), lakeRow(B)]),
};

const others: Readonly<Record<string, readonly [Buffer | string, string, string]>> = {
  'JSON lines': [`${a}\n${b}\n`, 'line 1', 'line 2'],
  'JSON lines of Windows': [`${a}\r\n\r\n${b}\r\n`, 'line 1', 'line 3'],
  'indented JSON, one after another, as jq prints it': [
    `${JSON.stringify(A, null, 2)}\n${JSON.stringify(B, null, 2)}\n`,
    'line 1',
    `line ${JSON.stringify(A, null, 2).split('\n').length + 1}`,
  ],
  'records without anything between them': [a + b, 'line 1', 'line 1'],
  'trail files, compressed, one after another': [
    Buffer.concat([gzipSync(json({ Records: [A] })), gzipSync(json({ Records: [B] }))]),
    'line 1, record 1',
    'line 1, record 1',
  ],
  'lines of trail files': [
    `${json({ Records: [A] })}\n${json({ Records: [B] })}`,
    'line 1, record 1',
    'line 2, record 1',
  ],
  'CSV of Athena': [csv, 'row 1', 'row 2'],
  'CSV of Windows': [csv.replaceAll('\n', '\r\n'), 'row 1', 'row 2'],
  'CSV of CloudTrail Lake': [
    csvOf(['eventTime', 'eventJson'], [{ eventJson: a }, { eventJson: b }]),
    'row 1',
    'row 2',
  ],
};
const expected = [parseMessage(a), parseMessage(b)];

describe('recorded events are read from', () => {
  it.each(Object.entries(lists))('%s', async (_, bytes) => {
    expect(await meaning(bytes)).toEqual([
      ['record 1', expected[0]],
      ['record 2', expected[1]],
    ]);
  });

  it.each(Object.entries(others))('%s', async (_, [bytes, first, second]) => {
    expect(await meaning(bytes)).toEqual([
      [first, expected[0]],
      [second, expected[1]],
    ]);
  });

  it.each([
    ['a record', a],
    ['an envelope', json(created)],
    ['an event of LookupEvents', json({ EventId: 'e', CloudTrailEvent: a })],
    ['a message of SQS with a message of SNS', json({ body: json({ Message: a }) })],
    ['an indented record', JSON.stringify(A, null, 4)],
    ['UTF-8 with a byte order mark', `\ufeff${a}`],
    ['UTF-16, little end first', Buffer.from(`\ufeff${a}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${a}`, 'utf16le').swap16()],
    ['UTF-16, compressed', gzipSync(Buffer.from(`\ufeff${a}`, 'utf16le'))],
  ])('%s', async (_, bytes) => {
    expect(await meaning(bytes)).toEqual([['', expected[0]]]);
  });

  it('each sample as a row of Athena, with the same meaning', async () => {
    for (const name of ['CreateLoginProfile.name-of-caller', 'TagUser', 'DeleteVirtualMFADevice']) {
      const { detail } = sample(name);
      expect(await meaning(json(athenaRow(detail)))).toEqual([['', parseMessage(json(detail))]]);
    }
  });
});

const NOT_JSON = 'it is not JSON';

describe('what cannot be read is named, and the rest goes on', () => {
  it.each<[string, string, readonly (readonly [string, unknown])[]]>([
    [
      'a line',
      `${a}\noops\n${b}`,
      [
        ['line 1', 'A'],
        ['line 2', NOT_JSON],
        ['line 3', 'B'],
      ],
    ],
    [
      'a line that was cut',
      `${a.slice(0, 99)}\n${b}`,
      [
        ['line 1', NOT_JSON],
        ['line 2', 'B'],
      ],
    ],
    [
      'the last line',
      `${a}\n${b.slice(0, -9)}`,
      [
        ['line 1', 'A'],
        ['line 2', NOT_JSON],
      ],
    ],
    [
      'an element of a list that has a line for each',
      `[\n${a},\n{"x": },\n${b}\n]\n`,
      [
        ['line 2', 'A'],
        ['line 3', NOT_JSON],
        ['line 4', 'B'],
      ],
    ],
    [
      'a text in a list',
      json({ Events: [{ CloudTrailEvent: '{' }, { CloudTrailEvent: a }] }),
      [
        ['record 1', 'it wraps a text that is not JSON'],
        ['record 2', 'A'],
      ],
    ],
    [
      'a row of CSV with too few cells',
      `${csv}x,y\n`,
      [
        ['row 1', 'A'],
        ['row 2', 'B'],
        ['line 4', 'it is no row of CSV with the columns of the first line'],
      ],
    ],
    [
      'lists in lists in lists',
      `${'['.repeat(50)}${a}${']'.repeat(50)}`,
      [[expect.stringMatching(/^record 1(, record 1){8}$/) as string, 'it is nested too deeply']],
    ],
  ])('%s', async (_, text, parts) => {
    const named = { A: expected[0], B: expected[1] } as Readonly<Record<string, unknown>>;
    expect(await meaning(text)).toEqual(
      parts.map(([where, what]) => [where, named[String(what)] ?? what]),
    );
  });

  it.each([
    ['a compressed file that was cut', gzipSync(a).subarray(0, 40), /it is compressed and damaged/],
    ['an empty file', ' \n', /it is empty/],
  ])('%s is an error as a whole', async (_, bytes, says) => {
    await expect(eventsOf(bytes)).rejects.toThrow(says);
    await expect(eventsOf(bytes)).rejects.toThrow(UsageError);
  });
});

describe('whatever the file has', () => {
  const pieces = [
    a,
    b,
    csv,
    json(athenaResult),
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    '\\',
    '\n',
    '{a=',
    '=',
    'eventname',
    'null',
  ];
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string()))
    .map((all) => all.join(''));
  const bytes = fc.oneof(
    fc.uint8Array().map((all) => Buffer.from(all)),
    texts.map((text) => Buffer.from(text)),
    texts.map((text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
    texts.map((text) => gzipSync(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .tuple(fc.constantFrom(a, csv, json(athenaResult)), fc.nat(), fc.nat())
      .map(([text, from, to]) => {
        const cut = text.slice(0, from % text.length) + text.slice(to % text.length);
        return Buffer.from(cut);
      }),
  );

  it('the reader throws no error but its own', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => {
        const found = await eventsOf(input).catch((error: unknown) => {
          expect(error).toBeInstanceOf(UsageError);
          return [];
        });
        for (const one of found) expect('wrong' in one || json(one.value) !== undefined).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('no record is lost beside lines that are none', async () => {
    const noise = fc
      .string()
      .filter(
        (text) => !/[{[\n\r"]/.test(text) && !/eventname|eventjson|cloudtrailevent/i.test(text),
      );
    const line = fc.oneof(fc.constant(a), noise);
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (all) => {
        const text = [...all, a].join('\n');
        const found = (await eventsOf(text)).filter(
          (one) => 'value' in one && json(one.value) === a,
        );
        expect(found).toHaveLength(all.filter((one) => one === a).length + 1);
      }),
    );
  });

  it('a structure of any depth is read', async () => {
    const deep = `{a=`.repeat(100_000) + '}'.repeat(100_000);
    const [one] = await eventsOf(json({ eventname: 'x', useridentity: deep }));
    expect(one).toHaveProperty('value');
    const nested = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    expect(await eventsOf(`{"eventname":"x","useridentity":${nested}}`)).toHaveLength(1);
  });
});
