import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../events/cause.ts';
import { iamEvents } from '../../events/iam-change.ts';
import { type Parsed, parseMessage, UnparsableMessage } from '../../events/message.ts';
import { ACCOUNT, iamEvent, sweepRequest } from '../fakes/pipeline.ts';

type Expected =
  | {
      readonly users: string[];
      readonly hint: boolean;
      readonly expects: object;
      readonly actor: string;
    }
  | { readonly policy: string; readonly defaultVersionId: string | null; readonly actor: string }
  | { readonly tampering: string; readonly actor: string }
  | { readonly dropped: string }
  | { readonly unparsable: string };

const folder = new URL('../../events/samples/', import.meta.url);
const samples = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: file.slice(0, -'.json'.length),
    body: readFileSync(new URL(file, folder), 'utf8'),
  }));
const expected = JSON.parse(
  readFileSync(new URL('samples.expected.json', import.meta.url), 'utf8'),
) as Record<string, Expected>;

function shown(parsed: Parsed): Expected | Parsed {
  if (parsed.kind === 'dropped') return { dropped: parsed.reason };
  if (parsed.kind === 'policy') {
    const { policyArn, defaultVersionId, cause } = parsed.change;
    return { policy: policyArn, defaultVersionId, actor: actorName(cause) };
  }
  if (parsed.kind === 'tampering') {
    return { tampering: parsed.tampering.what, actor: actorName(parsed.tampering.cause) };
  }
  if (parsed.kind !== 'changes') return parsed;
  const [first] = parsed.changes;
  return {
    users: parsed.changes.map(({ user }) => user),
    hint: first?.hint ?? false,
    expects: first?.expects ?? {},
    actor: first ? actorName(first.cause) : '',
  };
}

describe('the samples', () => {
  it('are all expected, and nothing else is', () => {
    expect(samples.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('have one of every event that is known', () => {
    const names = samples.map(({ name }) => name);
    expect(Object.keys(iamEvents).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(samples)('$name', ({ name, body }) => {
    const want = expected[name];
    if (want && 'unparsable' in want) {
      expect(() => parseMessage(body)).toThrow(UnparsableMessage);
      expect(() => parseMessage(body)).toThrow(want.unparsable);
    } else {
      expect(shown(parseMessage(body))).toEqual(want);
    }
  });
});

/** The good samples: those that name users to look at. */
const good = samples.filter(({ name }) => 'users' in (expected[name] ?? {}));

describe('a good sample', () => {
  it.each(good)('$name reads the same bare, without its envelope', ({ name, body }) => {
    const value = JSON.parse(body) as { detail?: object };
    expect(shown(parseMessage(JSON.stringify(value.detail ?? value)))).toEqual(expected[name]);
  });

  it.each(good)('$name never names anybody else when any field is taken away', ({ name, body }) => {
    const want = expected[name] as { users: string[] };
    const value = JSON.parse(body) as Record<string, unknown>;
    for (const path of paths(value)) {
      const parsed = tryParse(without(value, path));
      const users = parsed?.kind === 'changes' ? parsed.changes.map(({ user }) => user) : [];
      // The caller and the response are the only other places a name may come from.
      const known = [...want.users, 'dana'];
      expect(
        users.filter((user) => !known.includes(user)),
        path.join('.'),
      ).toEqual([]);
    }
  });

  it.each(good)('$name stays what it is when AWS adds fields', ({ name, body }) => {
    const value = JSON.parse(body) as Record<string, unknown>;
    for (const path of paths(value).filter((at) => isObject(at.reduce<unknown>(step, value)))) {
      const copy = structuredClone(value);
      const at = path.reduce<unknown>(step, copy) as Record<string, unknown>;
      if (Array.isArray(at) || path.includes('tags')) continue;
      at.addedByAws = { anything: [1] };
      expect(shown(parseMessage(JSON.stringify(copy))), path.join('.')).toEqual(expected[name]);
    }
  });

  it('that failed is dropped, whatever its code', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.string(), ({ body }, errorCode) => {
        const value = JSON.parse(body) as { detail?: Record<string, unknown> };
        const record = value.detail ?? (value as Record<string, unknown>);
        record.errorCode = errorCode;
        expect(parseMessage(JSON.stringify(value)).kind).toBe('dropped');
      }),
    );
  });
});

describe('what is no event', () => {
  it.each([
    '',
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{"detail":null}',
    '{"detail":{}}',
    'not JSON',
    '{"a":',
  ])('fails: %s', (body) => {
    expect(() => parseMessage(body)).toThrow(UnparsableMessage);
  });

  it('is refused with its event id and no value of it', () => {
    const body = iamEvent('CreateUser', { user: 'se cret', eventId: 'the-id' });
    expect(() => parseMessage(body)).toThrow(
      'cannot read event the-id: requestParameters.userName is not a legal IAM user name',
    );
  });

  it('is refused by its envelope’s id where the record has none', () => {
    expect(() => parseMessage('{"id":"e-1","detail-type":"x","detail":{}}')).toThrow(
      /^cannot read event e-1: /,
    );
  });

  it('never throws anything but UnparsableMessage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        try {
          parseMessage(body);
        } catch (error) {
          expect(error).toBeInstanceOf(UnparsableMessage);
        }
      }),
    );
  });
});

describe('our own messages', () => {
  it('a sweep’s request names its user, and expects nothing of IAM', () => {
    expect(parseMessage(sweepRequest('dana'))).toMatchObject({
      kind: 'changes',
      changes: [
        { account: ACCOUNT, user: 'dana', hint: false, expects: {}, cause: { kind: 'sweep' } },
      ],
    });
  });

  it.each([
    ['an unknown field', { extra: 1 }],
    ['another version', { schema: 'mfa-enforcer/review-request/2' }],
    ['no user', { user: undefined }],
    ['an unpublished outcome that is none', { schema: 'mfa-enforcer/unpublished-outcome/1' }],
  ])('are refused with %s', (_, change) => {
    const request = { ...(JSON.parse(sweepRequest('dana')) as object), ...change };
    expect(() => parseMessage(JSON.stringify(request))).toThrow(UnparsableMessage);
  });
});

function actorName(cause: Cause): string {
  return cause.kind === 'event' ? cause.actor.name : '';
}

function tryParse(value: unknown): Parsed | null {
  try {
    return parseMessage(JSON.stringify(value));
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function step(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
}

/** Every path into a value: ["detail"], ["detail", "eventName"], … */
function paths(value: unknown, prefix: string[] = []): string[][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...prefix, key],
    ...paths(inner, [...prefix, key]),
  ]);
}

function without(value: object, path: string[]): unknown {
  const copy = structuredClone(value);
  const parent = path.slice(0, -1).reduce<unknown>(step, copy) as Record<string, unknown>;
  delete parent[path.at(-1) ?? ''];
  return copy;
}
