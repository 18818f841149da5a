import { describe, expect, it } from 'vitest';
import type { PathRecord, Probe, Proof } from '../../../../events/event-path.ts';
import {
  checkedPath,
  eventPathOf,
  isSwitchedOff,
  isWaiting,
  type PathEntries,
} from '../../../../functions/domain/accounts/event-path.ts';
import { ACCOUNT, START } from '../../../fakes/settings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (ms: number) => new Date(START + ms).toISOString();
const time = (ms: number) => new Date(START + ms);
const DUE = 30 * MINUTE;
const why = { code: 'denied', text: 'AccessDenied: no' };

const probe = (change: Partial<Probe> = {}): Probe => ({
  schema: 'mfa-enforcer/probe/1',
  account: ACCOUNT,
  sweepId: 'now',
  value: 'now',
  sentAt: at(0),
  dueAt: at(DUE),
  state: 'sent',
  why: null,
  ...change,
});
const proof = (value = 'now'): Proof => ({
  schema: 'mfa-enforcer/proof/1',
  account: ACCOUNT,
  value,
  receivedAt: at(2000),
  latencyMs: 2000,
});
const record = (change: Partial<PathRecord> = {}): PathRecord => ({
  schema: 'mfa-enforcer/path/1',
  account: ACCOUNT,
  sweepId: 'before',
  state: 'unproven',
  since: at(-DAY),
  sweeps: 1,
  reportedAt: at(-DAY),
  ...change,
});
const none: PathEntries = { probe: null, proof: null, path: null };
const sent: PathEntries = { ...none, probe: probe() };
const came = { state: 'proven', since: at(2000), latencyMs: 2000 };

describe('the event path of an account', () => {
  it.each<[string, PathEntries, number, object]>([
    [
      'no probe yet',
      none,
      0,
      { state: 'not-probed', since: null, sweeps: 0, why: { code: 'never' } },
    ],
    [
      'the first probe is not due',
      sent,
      DUE - 1,
      { state: 'not-probed', since: null, sweeps: 0, why: { code: 'waiting' } },
    ],
    [
      'a probe is not due, the one before came back',
      { ...sent, proof: proof('before') },
      DUE - 1,
      came,
    ],
    [
      'a probe is not due, and the path was silent',
      { ...sent, proof: proof('old'), path: record({ sweeps: 3 }) },
      DUE - 1,
      { state: 'unproven', since: at(-DAY), sweeps: 3 },
    ],
    [
      'a probe is not due, and the one before was refused',
      { ...sent, path: record({ state: 'not-probed', sweeps: 90 }) },
      0,
      { state: 'not-probed', since: at(-DAY), sweeps: 90, why: { code: 'not-probed-before' } },
    ],
    [
      'a probe is not due, the one before was refused, and one long before came back',
      { ...sent, proof: proof('old'), path: record({ state: 'not-probed', sweeps: 90 }) },
      0,
      { state: 'not-probed', since: at(-DAY), sweeps: 90, why: { code: 'not-probed-before' } },
    ],
    [
      'a probe is not due, the one before came back, and that was recorded',
      { ...sent, proof: proof('before'), path: record({ state: 'proven', sweeps: 0 }) },
      0,
      came,
    ],
    ['the probe came back 50 hours ago', { ...sent, proof: proof() }, 50 * HOUR, came],
    [
      'no sweep followed for more than 50 hours, and the last probe came back',
      { ...sent, proof: proof() },
      50 * HOUR + 1,
      { state: 'not-probed', since: at(0), sweeps: 0, why: { code: 'overdue' } },
    ],
    [
      'no sweep followed for more than 50 hours, and the last probe was silent',
      { ...sent, path: record({ sweepId: 'now', sweeps: 2 }) },
      50 * HOUR + 1,
      { state: 'not-probed', since: at(0), sweeps: 0, why: { code: 'overdue' } },
    ],
    [
      'switched off for long',
      { ...none, probe: probe({ state: 'off', why: { code: 'off', text: 'off' } }) },
      50 * HOUR + 1,
      { state: 'not-probed', why: { code: 'off' } },
    ],
    ['the probe came back', { ...sent, proof: proof() }, 2000, came],
    [
      'the probe came back late',
      { ...sent, proof: proof(), path: record({ sweepId: 'now' }) },
      DAY,
      came,
    ],
    [
      'the probe came back before IAM’s answer was recorded',
      { ...none, probe: probe({ state: 'pending' }), proof: proof() },
      DAY,
      came,
    ],
    [
      'the answer to the probe was lost, and it came back',
      { ...none, probe: probe({ state: 'refused', why }), proof: proof() },
      DAY,
      came,
    ],
    ['silent', sent, DUE, { state: 'unproven', since: at(0), sweeps: 1 }],
    [
      'silent, and proven before',
      { ...sent, proof: proof('before') },
      DUE,
      { state: 'unproven', since: at(0), sweeps: 1 },
    ],
    [
      'silent again',
      { ...sent, path: record() },
      DUE,
      { state: 'unproven', since: at(-DAY), sweeps: 2 },
    ],
    [
      'silent, and counted already',
      { ...sent, path: record({ sweepId: 'now', sweeps: 2 }) },
      DUE,
      { state: 'unproven', since: at(-DAY), sweeps: 2 },
    ],
    [
      'silent, and refused before',
      { ...sent, path: record({ state: 'not-probed' }) },
      DUE,
      { state: 'unproven', since: at(0), sweeps: 1 },
    ],
    [
      'refused',
      { ...none, probe: probe({ state: 'refused', why }) },
      0,
      { state: 'not-probed', since: at(0), sweeps: 1, why },
    ],
    [
      'refused again',
      { ...none, probe: probe({ state: 'refused', why }), path: record({ state: 'not-probed' }) },
      0,
      { state: 'not-probed', since: at(-DAY), sweeps: 2, why },
    ],
    [
      'the sweep died before its call',
      { ...none, probe: probe({ state: 'pending' }) },
      DUE,
      { state: 'not-probed', since: at(0), sweeps: 1, why: { code: 'interrupted' } },
    ],
    [
      'the sweep has not made its call yet',
      { ...none, probe: probe({ state: 'pending' }) },
      0,
      { state: 'not-probed', since: null, why: { code: 'waiting' } },
    ],
  ])('is known: %s', (_, entries, now, expected) => {
    expect(eventPathOf(entries, time(now))).toMatchObject(expected);
  });

  it('says in words why nothing is known', () => {
    const whyOf = (entries: PathEntries, now = 0) => {
      const path = eventPathOf(entries, time(now));
      return path.state === 'not-probed' ? path.why.text : path;
    };
    expect([
      whyOf(none),
      whyOf(sent),
      whyOf({ ...none, probe: probe({ state: 'pending' }) }, DUE),
      whyOf({ ...sent, path: record({ state: 'not-probed' }) }),
      whyOf(sent, 3 * DAY),
    ]).toEqual([
      'no sweep has probed it yet',
      'the first probe is not due yet',
      'the sweep ended before its call',
      'the sweeps before could not probe it, and the last probe is not due yet',
      'no sweep has probed it in the last 50 hours',
    ]);
  });

  it.each<[PathEntries, number, boolean]>([
    [none, 0, false],
    [sent, DUE - 1, true],
    [{ ...none, probe: probe({ state: 'pending' }) }, DUE - 1, true],
    [sent, DUE, false],
    [{ ...sent, proof: proof() }, 0, false],
    [{ ...none, probe: probe({ state: 'refused', why }) }, 0, false],
    [{ ...none, probe: probe({ state: 'off', why }) }, 0, false],
  ])('waits for a probe that was made and is not due: %j at %i', (entries, now, expected) => {
    expect(isWaiting(entries, time(now))).toBe(expected);
  });

  it('is switched off only where the parameter says so', () => {
    const off = probe({ state: 'off', why: { code: 'off', text: 'off' } });
    const switchedOff = (entries: PathEntries) => isSwitchedOff(eventPathOf(entries, time(DUE)));
    expect(switchedOff({ ...none, probe: off })).toBe(true);
    expect(switchedOff({ ...none, probe: probe({ state: 'refused', why }) })).toBe(false);
    expect(switchedOff(sent)).toBe(false);
  });
});

describe('the check of an event path', () => {
  const check = (entries: PathEntries, now: number) => {
    const { record: written, report, before } = checkedPath(ACCOUNT, entries, time(now));
    return { written, report, before };
  };
  const now = { ...record(), sweepId: 'now', since: at(0), reportedAt: at(DUE) };

  it.each<[string, PathEntries, number]>([
    ['nothing was probed', none, 0],
    ['the path is proven, as before', { ...sent, proof: proof() }, 0],
    [
      'the path is proven, and was so recorded',
      { ...sent, proof: proof(), path: record({ state: 'proven', sweeps: 0, reportedAt: null }) },
      0,
    ],
    [
      'probes are switched off',
      { ...none, probe: probe({ state: 'off', why: { code: 'off', text: '' } }), path: record() },
      DAY,
    ],
  ])('changes and reports nothing: %s', (_, entries, when) => {
    expect(check(entries, when)).toEqual({ written: null, report: null, before: entries.path });
  });

  it('reports a silent path at once, and since when', () => {
    expect(check(sent, DUE)).toEqual({ written: now, report: 'problem', before: null });
  });

  it('reports a silent path once, and counts its sweeps', () => {
    const path = record({ reportedAt: at(DUE - DAY) });
    const written = { ...path, sweepId: 'now', sweeps: 2 };
    expect(check({ ...sent, path }, DUE)).toEqual({ written, report: null, before: path });
  });

  it.each([
    [7 * 24 - 6, 'problem'],
    [7 * 24 - 6.1, null],
  ])('reports it again in the night a week later: after %d hours %s', (hours, report) => {
    const reportedAt = at(DUE - hours * 60 * MINUTE);
    const path = record({ since: reportedAt, reportedAt });
    const found = check({ ...sent, path }, DUE);
    expect(found.report).toBe(report);
    expect(found.written?.reportedAt).toBe(report === null ? reportedAt : at(DUE));
  });

  it.each<[string, Partial<PathRecord>]>([
    ['refused before', { state: 'not-probed' }],
    ['proven before', { state: 'proven', sweeps: 0, reportedAt: null }],
    ['silent before, and not reported', { reportedAt: null, since: at(0), sweeps: 0 }],
  ])('reports a silent path that was %s', (_, change) => {
    const path = record(change);
    expect(check({ ...sent, path }, DUE)).toEqual({
      written: now,
      report: 'problem',
      before: path,
    });
  });

  it('reports a refused probe, not silence', () => {
    const entries = { ...none, probe: probe({ state: 'refused', why }) };
    const written = { ...now, state: 'not-probed', reportedAt: at(0) };
    expect(check(entries, 0)).toEqual({ written, report: 'problem', before: null });
  });

  it('reports once that a path works again', () => {
    const path = record();
    const entries = { ...sent, proof: proof(), path };
    const written = {
      ...record(),
      sweepId: 'now',
      state: 'proven',
      since: at(2000),
      sweeps: 0,
      reportedAt: null,
    };
    expect(check(entries, MINUTE)).toEqual({ written, report: 'recovery', before: path });
  });

  it('reports that a path works again though its event came days later', () => {
    const path = record({ sweepId: 'now' });
    expect(check({ ...sent, proof: proof(), path }, 3 * DAY).report).toBe('recovery');
  });

  it('reports that a path works again where the report of its silence may have been published', () => {
    const path = record({ reportedAt: null });
    expect(check({ ...sent, proof: proof(), path }, MINUTE).report).toBe('recovery');
  });

  it('dates a silent path by its probe', () => {
    const path = record({ state: 'proven', sweeps: 0, reportedAt: null });
    expect(check({ ...sent, path }, DUE).written).toMatchObject({ since: at(0), sweeps: 1 });
  });
});
