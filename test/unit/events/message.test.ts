import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { iamEvents } from '../../../events/iam-change.ts';
import { parseMessage, UnparsableMessage } from '../../../events/message.ts';
import { iamEvent, sweepRequest } from '../../fakes/messages.ts';
import { ACCOUNT } from '../../fakes/settings.ts';
import { expected, good, samples, shown } from './samples.ts';

describe('the samples', () => {
  it('are exactly the expected ones', () => {
    expect(samples.map(({ name }) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it('have one of every event that is known', () => {
    const names = samples.map(({ name }) => name);
    expect(Object.keys(iamEvents).filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the docs of the events', () => {
  const docs = readFileSync('docs/events.md', 'utf8');
  const namesIn = (text = '') => text.match(/[A-Z]\w+/g) ?? [];
  const rows = [...docs.matchAll(/^\| ([A-Z][\w, ]+) \| (\w+) \|/gm)];
  const ruleOf = Object.fromEntries(
    rows.flatMap(([, names, rule]) => namesIn(names).map((name) => [name, rule])),
  );
  const [, notAskedFor] = /do not ask for.*?:\s([^.]+)\./s.exec(docs) ?? [];

  it('name each event that is asked for, and its rule', () => {
    const asked = Object.entries(iamEvents).filter(([, { rule }]) => rule !== null);
    expect(ruleOf).toEqual(Object.fromEntries(asked.map(([name, { rule }]) => [name, rule])));
  });

  it('name each event that is only read where it turns up', () => {
    const others = Object.entries(iamEvents).filter(([, { rule }]) => rule === null);
    expect(namesIn(notAskedFor).toSorted()).toEqual(others.map(([name]) => name).toSorted());
  });
});

describe('the sample', () => {
  it.each(samples)('$name', ({ name, body }) => {
    const want = expected[name];
    if (want && 'unparsable' in want) {
      expect(() => parseMessage(body, ACCOUNT)).toThrow(UnparsableMessage);
      expect(() => parseMessage(body, ACCOUNT)).toThrow(want.unparsable);
    } else {
      expect(shown(parseMessage(body, ACCOUNT))).toEqual(want);
    }
  });
});

describe('a good sample', () => {
  it.each(good)('$name reads the same bare, without its envelope', ({ name, body }) => {
    const value = JSON.parse(body) as { detail?: object };
    expect(shown(parseMessage(JSON.stringify(value.detail ?? value)))).toEqual(expected[name]);
  });

  it.each(['AccessDenied', 'EntityAlreadyExistsException'])(
    'that failed is dropped, whatever its code: %j',
    (errorCode) => {
      for (const { name, body } of good) {
        const value = JSON.parse(body) as { detail?: Record<string, unknown> };
        const record = value.detail ?? (value as Record<string, unknown>);
        const failed = { ...record, errorCode };
        expect(parseMessage(JSON.stringify(failed)), name).toEqual({
          kind: 'dropped',
          eventId: record.eventID,
          reason: `${record.eventName} failed (${errorCode}): nothing changed`,
        });
      }
    },
  );
});

describe('a good sample that an export has changed', () => {
  it.each([null, ''])('succeeded where its error code is %j', (errorCode) => {
    for (const { name, body } of good) {
      const value = JSON.parse(body) as { detail?: object };
      const record = { ...(value.detail ?? value), errorCode, errorMessage: errorCode };
      expect(shown(parseMessage(JSON.stringify(record))), name).toEqual(expected[name]);
    }
  });

  it('reads the same with its parameters and response as JSON text', () => {
    for (const { name, body } of good) {
      const value = JSON.parse(body) as { detail?: Record<string, unknown> };
      const record: Record<string, unknown> = value.detail ?? value;
      const text = (field: string) => {
        if (record[field] === null) return '';
        return typeof record[field] === 'string' ? record[field] : JSON.stringify(record[field]);
      };
      const exported = {
        ...record,
        requestParameters: text('requestParameters'),
        responseElements: text('responseElements'),
      };
      expect(shown(parseMessage(JSON.stringify(exported))), name).toEqual(expected[name]);
    }
  });

  it('has parameters that are a text, and no JSON', () => {
    const body = iamEvent('CreateUser').replace(
      /"requestParameters":\{[^}]*\}/,
      '"requestParameters":"{userName=dana}"',
    );
    expect(() => parseMessage(body)).toThrow('requestParameters is a string, not a record');
  });
});

describe('a message that is no event', () => {
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
    '{"schema":5}',
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
