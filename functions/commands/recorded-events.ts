import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type CsvError, parse as parseCsv } from 'csv-parse/sync';
import { jsonValues, parsed } from './json-values.ts';
import { isQueryRow, recordOfRow } from './query-rows.ts';
import { type Terminal, UsageError } from './terminal.ts';

/** One event of a file, or a part of it that is none. `where` is its place in the file; empty where it is all of it. */
export type RecordedEvent =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly wrong: string };

/**
 * Reads recorded events in any form in which people have them: a record, EventBridge's envelope, a trail's file (also
 * compressed), the output of LookupEvents, of a queue or a topic, rows of Athena and CloudTrail Lake, lists and lines of
 * all of them; in UTF-8 or UTF-16. The events are read one after another, so that a large file need not be in memory twice.
 * @param file its path; - for standard input
 * @throws UsageError if the file cannot be read, or is empty
 */
export async function readRecordedEvents(
  terminal: Pick<Terminal, 'readInput'>,
  file: string,
): Promise<Iterable<RecordedEvent>> {
  const from = file === '-' ? 'standard input' : file;
  let text: string;
  try {
    const bytes = file === '-' ? await terminal.readInput() : await readFile(file);
    text = decoded(await decompressed(Buffer.from(bytes)));
  } catch (error) {
    throw new UsageError(
      `Cannot read ${from}: ${unreadableBecause(error as NodeJS.ErrnoException)}`,
    );
  }
  if (text.trim() === '') throw new UsageError(`Cannot read an event from ${from}: it is empty`);
  return isCsv(text) ? csvEvents(text) : jsonEvents(text);
}

const unzip = promisify(gunzip);

/** A trail's files are compressed, and several of them one after another are one file of gzip's. */
async function decompressed(bytes: Buffer): Promise<Buffer> {
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return isCompressed ? unzip(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH }) : bytes;
}

/** Decodes UTF-8 or UTF-16, without the byte order mark: PowerShell 5 writes UTF-16 when output is redirected to a file. */
function decoded(bytes: Buffer): string {
  const [first, second] = bytes;
  const isBig = first === 0xfe && second === 0xff;
  const isLittle = first === 0xff && second === 0xfe;
  // An odd byte at the end belongs to no character.
  if (isBig) bytes = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  return bytes.toString(isBig || isLittle ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

function unreadableBecause({ code, message }: NodeJS.ErrnoException): string {
  const isTooLong = code === 'ERR_STRING_TOO_LONG' || code === 'ERR_BUFFER_TOO_LARGE';
  if (isTooLong || code === 'ERR_FS_FILE_TOO_LARGE') return 'it has more than 512 MB; split it';
  return code?.startsWith('Z_') ? `it is compressed and damaged (${message})` : message;
}

/** Whether the first line has one of the columns that an event is read from. */
function isCsv(text: string): boolean {
  const [header = ''] = text.slice(0, 10_000).trimStart().split(/\r?\n/, 1);
  return /^[^{[]*(^|[,"])(eventname|eventjson|cloudtrailevent)($|[,"])/i.test(header);
}

function* csvEvents(text: string): Generator<RecordedEvent> {
  const skipped: CsvError[] = [];
  const onSkip = (error: CsvError | undefined) => {
    if (error) skipped.push(error);
    return undefined;
  };
  const how = { columns: true, skip_empty_lines: true, skip_records_with_error: true } as const;
  let rows: Record<string, string>[] = [];
  try {
    rows = parseCsv(text, { ...how, on_skip: onSkip });
  } catch (error) {
    skipped.push(error as CsvError);
  }
  for (const [index, row] of rows.entries()) {
    yield { where: `row ${index + 1}`, value: recordOfRow(row) };
  }
  for (const error of skipped) {
    const where = typeof error.lines === 'number' ? `line ${error.lines}` : 'a line';
    yield { where, wrong: 'it is no row of CSV with the columns of the first line' };
  }
}

function* jsonEvents(text: string): Generator<RecordedEvent> {
  for (const part of jsonValues(text)) {
    const where = part.line === null ? '' : `line ${part.line}`;
    if ('wrong' in part) yield { where, wrong: part.wrong };
    else yield* eventsIn(part.value, where);
  }
}

/** The fields of what AWS wraps around an event as text, outermost first. */
const WRAPPERS = ['CloudTrailEvent', 'body', 'Body', 'Message'];
/** The fields of what AWS wraps around a list of events. */
const LISTS = ['Records', 'Events', 'Messages', 'QueryResultRows'];

// A message of a queue that contains a topic's message with a list has four.
const LEVELS = 8;

function* eventsIn(given: unknown, where: string, level = 0): Generator<RecordedEvent> {
  if (level > LEVELS) {
    yield { where, wrong: 'it is nested too deeply' };
    return;
  }
  const value = Array.isArray(given) ? (lakeRow(given) ?? given) : given;
  const list = listOf(value);
  if (list !== null) {
    for (const [index, one] of list.entries()) {
      const place = [where, `record ${index + 1}`].filter(Boolean).join(', ');
      yield* eventsIn(one, place, level + 1);
    }
    return;
  }
  if (!isObject(value)) {
    yield { where, value };
    return;
  }
  if ('s3' in value) {
    yield { where, wrong: 'it is an S3 notification, which contains no event' };
    return;
  }
  const { Sns } = value;
  const wrapper = isObject(Sns) ? Sns : value;
  const wrapped = WRAPPERS.map((name) => wrapper[name]).find((text) => typeof text === 'string');
  if (typeof wrapped === 'string' && !('eventName' in value)) {
    const inner = parsed(wrapped);
    if (inner === undefined) yield { where, wrong: 'it wraps a text that is not JSON' };
    else yield* eventsIn(inner.value, where, level + 1);
    return;
  }
  yield { where, value: isQueryRow(value) ? recordOfRow(value) : value };
}

/** The events of a list; null for what is none. */
function listOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return null;
  const list = LISTS.map((name) => value[name]).find(Array.isArray);
  if (list !== undefined) return list;
  const { ResultSet } = value;
  return isObject(ResultSet) && Array.isArray(ResultSet.Rows) ? athenaRows(ResultSet.Rows) : null;
}

/** CloudTrail Lake's GetQueryResults gives each row as a list of objects with one column each. */
function lakeRow(value: readonly unknown[]): object | null {
  const isRow = value.every((one) => isObject(one) && Object.keys(one).length === 1);
  const row = isRow ? (Object.assign({}, ...(value as object[])) as Record<string, unknown>) : {};
  return isQueryRow(row) || 'eventName' in row ? row : null;
}

/** Athena's GetQueryResults gives the names of the columns as the first row. */
function athenaRows(rows: readonly unknown[]): object[] {
  const [names = [], ...others] = rows.map((row) => {
    const data = isObject(row) && Array.isArray(row.Data) ? row.Data : [];
    return data.map((cell: unknown) => (isObject(cell) ? String(cell.VarCharValue ?? '') : ''));
  });
  return others.map((cells) =>
    Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
