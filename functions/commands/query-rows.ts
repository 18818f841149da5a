import { parsed } from './json-values.ts';

type Row = Readonly<Record<string, unknown>>;

/** CloudTrail's names: a table has them in lower case (docs.aws.amazon.com/athena, "CloudTrail SerDe"). */
const NAMES = new Map(
  [
    'eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage',
    'requestParameters responseElements additionalEventData requestID eventID readOnly eventType apiVersion',
    'managementEvent recipientAccountId sharedEventID vpcEndpointId eventCategory',
    // userIdentity's own.
    'type principalId arn accountId invokedBy accessKeyId userName sessionContext attributes mfaAuthenticated creationDate',
    'sessionIssuer webIdFederationData',
  ]
    .join(' ')
    .split(' ')
    .map((name) => [name.toLowerCase(), name]),
);

/** The columns that have a whole event as JSON: of CloudTrail Lake, and of LookupEvents. */
const WHOLE_EVENT = new Set(['eventjson', 'cloudtrailevent']);

/** Whether an object is a row of a query's result, and no record as CloudTrail writes it. */
export function isQueryRow(value: Row): boolean {
  const names = Object.keys(value);
  if (names.some((name) => WHOLE_EVENT.has(name.toLowerCase()))) return true;
  if (typeof value.userIdentity === 'string') return true;
  return !('eventName' in value) && names.some((name) => name.toLowerCase() === 'eventname');
}

/**
 * The record of a row of Athena's or CloudTrail Lake's: JSON text in a column becomes its value, and so does Athena's
 * form of a structure, "{type=IAMUser, username=dana}". Names in lower case become CloudTrail's own.
 * @returns the record, or what the column with the whole event has
 */
export function recordOfRow(row: Row): unknown {
  for (const [name, value] of Object.entries(row)) {
    if (!WHOLE_EVENT.has(name.toLowerCase()) || typeof value !== 'string') continue;
    return parsed(value)?.value ?? value;
  }
  const fields = Object.entries(row).map(([name, value]) => {
    const known = NAMES.get(name.toLowerCase()) ?? name;
    if (known === 'userIdentity') return [known, withNames(cellOf(value))];
    if (known === 'eventTime') return [known, timeOf(value)];
    if (known === 'requestParameters' || known === 'responseElements') {
      return [known, cellOf(value)];
    }
    // An empty cell of CSV is no value.
    return [known, value === '' || value === 'null' ? null : value];
  });
  return Object.fromEntries(fields) as unknown;
}

/** CloudTrail Lake's times have no T and no zone: "2024-08-01 13:42:21.000", in UTC. */
function timeOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const [, date, time] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?: UTC)?$/.exec(value) ?? [];
  return date === undefined ? value : `${date}T${time}Z`;
}

// userIdentity has four levels.
const LEVELS = 8;

function cellOf(value: unknown, level = 0): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '' || text === 'null') return null;
  if (!/^[{[]/.test(text)) return value;
  const json = parsed(text);
  if (json !== undefined) return json.value;
  const isStructure = text.startsWith('{') && text.endsWith('}') && level < LEVELS;
  return isStructure ? structureOf(text, level + 1) : value;
}

/** "{a=b, c={d=null}}". A value may have ", " of its own: a part without "=" belongs to the value before it. */
function structureOf(text: string, level: number): Row {
  const fields: [string, string][] = [];
  for (const part of partsOf(text.slice(1, -1))) {
    const at = part.indexOf('=');
    const last = fields.at(-1);
    if (at > 0) fields.push([part.slice(0, at), part.slice(at + 1)]);
    else if (last !== undefined) last[1] += `, ${part}`;
  }
  return Object.fromEntries(fields.map(([name, value]) => [name, cellOf(value, level)]));
}

/** Cuts at each ", " that is not within brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let [from, depth] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/[{[]|[}\]]|, /g)) {
    if (token === ', ') {
      if (depth > 0) continue;
      parts.push(text.slice(from, index));
      from = index + 2;
    } else {
      depth += token === '{' || token === '[' ? 1 : -1;
    }
  }
  return [...parts, text.slice(from)];
}

/** CloudTrail's names in a structure. */
function withNames(value: unknown, level = 0): unknown {
  if (level > LEVELS || typeof value !== 'object' || value === null || Array.isArray(value))
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      NAMES.get(name.toLowerCase()) ?? name,
      withNames(inner, level + 1),
    ]),
  );
}
