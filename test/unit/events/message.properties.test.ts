import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Parsed, parseMessage, UnparsableMessage } from '../../../events/message.ts';
import { sweepRequest } from '../../fakes/messages.ts';
import { ACCOUNT } from '../../fakes/settings.ts';
import { expected, good, isObject, paths, samples, shown, step } from './samples.ts';

// More runs than the default, since each draws one place in one of many samples.
const often = { numRuns: 500 };

describe('a field that AWS adds to an event', () => {
  // The fields that have a meaning already: to add one of these is to say something else.
  const meant = new Set([
    ...samples.flatMap(({ body }) => paths(JSON.parse(body)).map((path) => path.at(-1))),
    ...['detail', 'recipientAccountId', 'errorCode', 'sessionIssuer', 'invokedBy', 'newUserName'],
    ...['permissionsBoundary', 'setAsDefault', 'loginProfile'],
  ]);
  const name = fc
    .oneof(
      fc.stringMatching(/^[a-zA-Z]{1,20}$/),
      fc.constantFrom('schema', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'kind'),
      fc.string(),
    )
    .filter((one) => !meant.has(one));
  const place = fc.oneof(fc.constant(0), fc.nat());
  const value = fc.oneof(fc.string(), fc.jsonValue());

  it('changes nothing, with any name at any place', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), place, name, value, (sample, at, key, added) => {
        const event = JSON.parse(sample.body) as Record<string, unknown>;
        const places = [[], ...paths(event)]
          .map((path) => path.reduce<unknown>(step, event))
          .filter((one) => isObject(one) && !Array.isArray(one));
        // JSON.parse also makes an own field, even of the name __proto__.
        Object.defineProperty(places[at % places.length], key, { value: added, enumerable: true });
        expect(shown(parseMessage(JSON.stringify(event)))).toEqual(expected[sample.name]);
      }),
      often,
    );
  });
});

describe('an event that is broken', () => {
  const broken = fc.oneof(
    fc.constant(undefined),
    fc.jsonValue().filter((value) => typeof value !== 'string'),
    // No user can be called so.
    fc.string().map((text) => ` ${text}`),
    fc.constantFrom('', 'x'.repeat(65), '/', ':mfa/', '../x y', '0000/00/00'),
  );

  it('is refused, dropped with a reason, or names the same user: never another user', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), broken, ({ name, body }, at, value) => {
        const event = JSON.parse(body) as Record<string, unknown>;
        const all = paths(event);
        const path = all[at % all.length] ?? [];
        const parent = path.slice(0, -1).reduce<unknown>(step, event) as Record<string, unknown>;
        parent[path.at(-1) ?? ''] = value;
        const parsed = tryParse(JSON.stringify(event));
        if (parsed === null) return;
        if (parsed.kind === 'dropped') expect(parsed.reason).not.toBe('');
        const changes = parsed.kind === 'changes' ? parsed.changes : [];
        const want = expected[name] as { users: string[] };
        // Without its name, the caller or the response may be the one.
        const known = [...want.users, 'dana'];
        expect(changes.map(({ user }) => user).filter((user) => !known.includes(user))).toEqual([]);
        expect(changes.map(({ account }) => account).filter((one) => !body.includes(one))).toEqual(
          [],
        );
      }),
      often,
    );
  });

  it.each([
    ['eventName', undefined],
    ['eventSource', undefined],
    ['eventTime', undefined],
    ['eventTime', 'yesterday'],
    ['eventID', undefined],
    ['requestParameters', null],
  ])('is refused without its %s (%s)', (field, value) => {
    for (const { name, body } of good) {
      const event = JSON.parse(body) as { detail?: Record<string, unknown> };
      const record = event.detail ?? (event as Record<string, unknown>);
      const named = JSON.stringify({ ...record, responseElements: null, userIdentity: undefined });
      const request = { ...(JSON.parse(named) as object), [field]: value };
      expect(() => parseMessage(JSON.stringify(request)), name).toThrow(UnparsableMessage);
    }
  });

  it.each(good)('never names another user when any field is removed: $name', ({ name, body }) => {
    const want = expected[name] as { users: string[] };
    const value = JSON.parse(body) as Record<string, unknown>;
    for (const path of paths(value)) {
      const parsed = tryParse(JSON.stringify(without(value, path)));
      const users = parsed?.kind === 'changes' ? parsed.changes.map(({ user }) => user) : [];
      // The caller and the response are the only other places a name may come from.
      const known = [...want.users, 'dana'];
      expect(
        users.filter((user) => !known.includes(user)),
        path.join('.'),
      ).toEqual([]);
    }
  });

  it('that failed is dropped, whatever its code', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.string({ minLength: 1 }), ({ body }, errorCode) => {
        const value = JSON.parse(body) as { detail?: Record<string, unknown> };
        const record = value.detail ?? (value as Record<string, unknown>);
        record.errorCode = errorCode;
        expect(parseMessage(JSON.stringify(value)).kind).toBe('dropped');
      }),
    );
  });

  it('is cut short anywhere and refused', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), ({ body }, length) => {
        const cut = body.trimEnd();
        expect(tryParse(cut.slice(0, length % cut.length))).toBeNull();
      }),
    );
  });
});

describe('a message', () => {
  const times = fc.date({
    min: new Date('2013-01-01'),
    max: new Date('2100-01-01'),
    noInvalidDate: true,
  });

  it('of any content is read or refused as UnparsableMessage: no other error is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        tryParse(body);
      }),
      often,
    );
  });

  it('about another account than the hub’s is refused unless its envelope names that account', () => {
    const account = fc.stringMatching(/^\d{12}$/).filter((one) => one !== ACCOUNT);
    fc.assert(
      fc.property(fc.constantFrom(...good), account, times, ({ body }, other, time) => {
        const event = JSON.parse(body) as { detail?: Record<string, unknown> };
        const record = {
          ...(event.detail ?? event),
          recipientAccountId: other,
          eventTime: time.toISOString(),
        };
        const envelope = { 'detail-type': 'x', detail: record };
        expect(tryParse(JSON.stringify(record), ACCOUNT)).toBeNull();
        expect(tryParse(JSON.stringify({ ...envelope, account: ACCOUNT }), ACCOUNT)).toBeNull();
        expect(tryParse(JSON.stringify({ ...envelope, account: other }), ACCOUNT)).toMatchObject({
          kind: 'changes',
        });
      }),
    );
  });

  it('of ours is refused with any field that we do not write', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (key, value) => {
        const request = JSON.parse(sweepRequest('dana')) as Record<string, unknown>;
        fc.pre(!(key in request));
        expect(tryParse(JSON.stringify({ ...request, [key]: value }))).toBeNull();
      }),
    );
  });
});

/** A parsed message, or null where it is refused. @throws any other error of parseMessage */
function tryParse(body: string, home?: string): Parsed | null {
  try {
    return parseMessage(body, home);
  } catch (error) {
    if (error instanceof UnparsableMessage) return null;
    throw error;
  }
}

function without(value: object, path: string[]): unknown {
  const copy = structuredClone(value);
  const parent = path.slice(0, -1).reduce<unknown>(step, copy) as Record<string, unknown>;
  delete parent[path.at(-1) ?? ''];
  return copy;
}
