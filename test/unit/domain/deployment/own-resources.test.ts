import { describe, expect, it } from 'vitest';
import { type ResourceKind, tamperingCalls } from '../../../../events/tampering.ts';
import { ownResource } from '../../../../functions/domain/deployment/own-resources.ts';

const HUB = '111122223333';
const MEMBER = '444455556666';
const hub = { account: HUB, stack: 'mfa-prod', parameters: ['/mfa/webhook', '/mfa/mail-text'] };

/** A call of each kind, on a name. */
function own(account: string, kind: ResourceKind, ...names: (string | null)[]) {
  const call = tamperingCalls.find((one) => one.kind === kind);
  if (call === undefined) throw new Error(`no call on a ${kind}`);
  const resources = names.map((name) => ({ name: name ?? 'u', belongsTo: name }));
  return ownResource({ call, resources }, { account, denyGroup: 'MustMFA' }, hub);
}

/** A spoke has nothing of these kinds. */
const onlyInTheHub: readonly [ResourceKind, string][] = [
  ['queue', 'mfa-prod-IamChangesQueue-X'],
  ['mapping', 'mfa-prod-on-iam-change'],
  ['function', 'mfa-prod-on-iam-change'],
  ['table', 'mfa-prod-StateTable-X'],
  ['alarm', 'mfa-prod-BreakerOpenAlarm-X'],
  ['bus', 'mfa-prod'],
  ['stack', 'mfa-prod'],
  ['parameter', '/mfa/webhook'],
  ['parameter', '/mfa/mail-text'],
];

describe('a resource of the hub', () => {
  it.each<[ResourceKind, string]>([
    ['rule', 'mfa-prod-UserChangesRule-X'],
    ...onlyInTheHub,
    ['bus', 'mfa-prod-hub'],
    ['group', 'MustMFA'],
    ['group', 'mustmfa'],
    ['role', 'mfa-prod-OnIamChangeRole-X'],
    ['role', 'MFA-PROD-OnIamChangeRole-X'],
    ['role', 'MustMFA-report'],
    ['role', 'mustmfa-REPORT'],
    ['trail', 'anything'],
  ])('is a %s called %s', (kind, name) => {
    expect(own(HUB, kind, name)).toBe(name);
  });

  it.each<[ResourceKind, string]>([
    ['rule', 'MustMFA-user-changes'],
    ['rule', 'mfa-prod'],
    ['rule', 'x-mfa-prod-UserChangesRule'],
    ['queue', 'tmp'],
    ['queue', 'x/mfa-prod-IamChangesQueue'],
    ['mapping', 'theirs'],
    ['function', 'mfa-production'],
    ['table', 'mfa-prod'],
    ['alarm', 'theirs'],
    ['bus', 'mfa-prod-theirs'],
    ['bus', 'default'],
    ['stack', 'mfa-prod-theirs'],
    ['parameter', '/mfa/webhook/x'],
    ['group', 'MustMFAs'],
    ['role', 'web-server'],
    ['role', 'MustMFA-review'],
    ['role', 'mfa-prod'],
  ])('is no %s called %s', (kind, name) => {
    expect(own(HUB, kind, name)).toBeUndefined();
  });

  it('is the first of several that is one', () => {
    expect(own(HUB, 'alarm', 'theirs', 'mfa-prod-A', 'mfa-prod-B')).toBe('mfa-prod-A');
  });

  it('may be one that the record does not name', () => {
    expect(own(HUB, 'role')).toBeNull();
  });

  it('is a mapping that its rule asked for, if the record does not name its function', () => {
    expect(own(HUB, 'mapping', null)).toBe('u');
  });
});

describe('a resource of a spoke', () => {
  it.each<[ResourceKind, string]>([
    ['rule', 'MustMFA-user-changes'],
    ['group', 'MustMFA'],
    ['role', 'MustMFA-review'],
    ['role', 'MustMFA-read'],
    ['role', 'MustMFA-forward'],
    ['role', 'mustMFA-Forward'],
    ['trail', 'a-trail-of-s3-data-events'],
  ])('is a %s called %s', (kind, name) => {
    expect(own(MEMBER, kind, name)).toBe(name);
  });

  it.each<[ResourceKind, string]>([
    ['rule', 'nightly-backup-of-wikis'],
    ['rule', 'mfa-prod-UserChangesRule-X'],
    ['group', 'developers'],
    ['role', 'web-server'],
    ['role', 'MustMFA-report'],
    ['role', 'mfa-prod-OnIamChangeRole-X'],
    ...onlyInTheHub,
  ])('is no %s called %s', (kind, name) => {
    expect(own(MEMBER, kind, name)).toBeUndefined();
  });

  it('is none that the record does not name', () => {
    expect(own(MEMBER, 'role')).toBeUndefined();
    expect(own(MEMBER, 'mapping', null)).toBeUndefined();
  });
});
