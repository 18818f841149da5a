import { describe, expect, it } from 'vitest';
import type { Probe } from '../../../../events/event-path.ts';
import {
  isLateProof,
  ownProbe,
  proofOf,
  provesNothing,
} from '../../../../functions/domain/review/probe-proof.ts';
import { bySweep } from '../../../fakes/outcomes.ts';
import { ACCOUNT, POLICY, START, settingsWith } from '../../../fakes/settings.ts';

const SPOKE = '444455556666';
const SWEEP_ROLE = `arn:aws:iam::${ACCOUNT}:role/sweep`;
const at = (ms: number) => new Date(START + ms).toISOString();
const probe: Probe = {
  schema: 'mfa-enforcer/probe/1',
  account: ACCOUNT,
  sweepId: 's',
  value: `s/${at(0)}`,
  sentAt: at(0),
  dueAt: at(1_800_000),
  state: 'sent',
  why: null,
};
const own = () => ownProbe(settingsWith(), SWEEP_ROLE, ACCOUNT);
const seen = {
  account: ACCOUNT,
  policyArn: POLICY,
  value: probe.value,
  roleArn: SWEEP_ROLE,
  cause: bySweep(),
};

describe('the enforcer’s own probe', () => {
  it('is made by nightly-sweep in the hub’s account', () => {
    expect(own()).toEqual({ policyArn: POLICY, roleArn: SWEEP_ROLE });
  });

  it('is made by the role for probes in a spoke, on the spoke’s policy', () => {
    expect(ownProbe(settingsWith(), SWEEP_ROLE, SPOKE)).toEqual({
      policyArn: `arn:aws:iam::${SPOKE}:policy/ForceMFA`,
      roleArn: `arn:aws:iam::${SPOKE}:role/ForceMFA-probe`,
    });
  });
});

describe('a tag on a policy', () => {
  it('proves the event path where it is the last probe', () => {
    expect(provesNothing(seen, own(), probe)).toBeNull();
  });

  it('proves it where CloudTrail has the names in another case', () => {
    const typed = { policyArn: POLICY.toUpperCase(), roleArn: SWEEP_ROLE.toUpperCase() };
    expect(provesNothing({ ...seen, ...typed }, own(), probe)).toBeNull();
  });

  it.each([
    ['another policy', { policyArn: `${POLICY}-boundary` }, 'another policy was tagged'],
    ['another role', { roleArn: `${SWEEP_ROLE}s` }, 'the tag was not written by the enforcer'],
    [
      'a role of another account',
      { roleArn: SWEEP_ROLE.replace(ACCOUNT, SPOKE) },
      'the tag was not written by the enforcer',
    ],
    ['no role', { roleArn: null }, 'the tag was not written by the enforcer'],
    ['an old value', { value: 'r/before' }, 'the tag is not of the last probe'],
  ])('proves nothing: %s', (_, change, reason) => {
    expect(provesNothing({ ...seen, ...change }, own(), probe)).toBe(reason);
  });

  it('proves nothing where no probe was made', () => {
    expect(provesNothing(seen, own(), null)).toBe('the tag is not of the last probe');
  });
});

describe('a proof', () => {
  it('has the time from the call until the event', () => {
    expect(proofOf(probe, new Date(START + 2500))).toEqual({
      schema: 'mfa-enforcer/proof/1',
      account: ACCOUNT,
      value: probe.value,
      receivedAt: at(2500),
      latencyMs: 2500,
    });
  });

  it('has no time below zero, where the clocks of two functions differ', () => {
    expect(proofOf(probe, new Date(START - 10)).latencyMs).toBe(0);
  });

  it.each([
    [-60_001, false],
    [-60_000, true],
    [0, true],
  ])('%i ms after its probe was due is late: %s', (ms, late) => {
    expect(isLateProof(probe, new Date(START + 1_800_000 + ms))).toBe(late);
  });
});
