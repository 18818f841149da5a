import { readFile } from 'node:fs/promises';
import { shellQuoted } from '../domain/deployment/shell-quoted.ts';
import { countOf } from '../render/report/text.ts';
import { type Terminal, UsageError } from './terminal.ts';

/**
 * Reads a recorded event without its byte order mark, which Windows editors write.
 * @param file its path; - for standard input
 * @throws UsageError if the file cannot be read
 */
export async function readEvent(terminal: Terminal, file: string): Promise<string> {
  try {
    const text = file === '-' ? await terminal.readInput() : decoded(await readFile(file));
    return text.replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Decodes UTF-8 or UTF-16: PowerShell 5 writes UTF-16 when output is redirected to a file. */
function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
}

/**
 * Describes a text that is not an event, and how to extract one event from it.
 * @param file the text's file; - for standard input
 * @returns null for an unknown format
 */
export function otherThanEvent(body: string, file: string): string | null {
  const extract = (command: string): string =>
    `${command}${file === '-' ? '' : ` ${shellQuoted(file)}`} | mfa-enforcer replay -`;
  if (body.trim() === '') return 'it is empty';
  if (body.startsWith('\u001f')) {
    return `it is compressed; decompress it first: ${extract('gunzip -c')}`;
  }
  const value = json(body);
  if (value === undefined) {
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    if (lines.length < 2 || !lines.every((line) => isObject(json(line)))) return null;
    return `it has ${countOf(lines.length, 'record')}, one on each line; pass one event: ${extract('head -n 1')}`;
  }
  const found = shapeOf(value);
  if (found === null) return null;
  const [what, filter] = found;
  return filter === null
    ? `it is ${what}, which contains no event`
    : `it is ${what}; pass one event: ${extract(`jq ${filter}`)}`;
}

/** The format in which AWS wraps events, and the jq options that extract the first event. */
function shapeOf(value: unknown): readonly [string, string | null] | null {
  const of = (list: readonly unknown[]) => `of ${countOf(list.length, 'record')}`;
  if (Array.isArray(value)) return [`a list ${of(value)}`, "'.[0]'"];
  if (!isObject(value)) return null;
  const { Records, Events, Messages } = value;
  if (Array.isArray(Records)) {
    const first: unknown = Records[0];
    const has = (field: string) => isObject(first) && field in first;
    if (has('body')) return [`an SQS batch ${of(Records)}`, "-r '.Records[0].body'"];
    if (has('Sns')) return [`an SNS batch ${of(Records)}`, "-r '.Records[0].Sns.Message'"];
    if (has('s3')) return [`an S3 notification ${of(Records)}`, null];
    return [`a trail’s log file ${of(Records)}`, "'.Records[0]'"];
  }
  if (Array.isArray(Events)) {
    return [`the output of LookupEvents ${of(Events)}`, "-r '.Events[0].CloudTrailEvent'"];
  }
  if (Array.isArray(Messages)) {
    return [`the output of ReceiveMessage ${of(Messages)}`, "-r '.Messages[0].Body'"];
  }
  const fields = {
    CloudTrailEvent: 'an event of LookupEvents',
    body: 'an SQS message',
    Body: 'an SQS message',
    Message: 'an SNS notification',
  };
  for (const [field, what] of Object.entries(fields)) {
    if (typeof value[field] === 'string') return [`${what} around an event`, `-r '.${field}'`];
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON text; undefined if it is not JSON. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
