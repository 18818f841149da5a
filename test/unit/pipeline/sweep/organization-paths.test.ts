import { describe, expect, it } from 'vitest';
import { PROBE_TAG } from '../../../../events/event-path.ts';
import { stateKeys } from '../../../../events/state-keys.ts';
import {
  deliverProbe,
  HUB,
  OTHER,
  SPOKE,
  type TestOrganization,
  testOrganization,
} from '../../../fakes/memory-organization.ts';
import { deliverSweeps, SWEEPS_URL, sweepNightly } from '../../../fakes/nightly.ts';
import { START, SWEEP_ROLE } from '../../../fakes/pipeline.ts';

const MINUTE = 60_000;
const probing = () => testOrganization({}, { probe: 'nightly' });
const policyOf = (account: string) => `arn:aws:iam::${account}:policy/ForceMFA`;

const isProven = ({ dynamo }: TestOrganization, account: string) =>
  dynamo.items.has(stateKeys.proof(account));
const summaries = ({ events }: TestOrganization) =>
  events.outcomes.filter(({ kind }) => kind === 'organization-swept');
const reported = ({ events }: TestOrganization) =>
  events.outcomes.filter(({ kind }) => kind.startsWith('event-path'));

describe('the event paths of an organization', () => {
  it('are probed in every account by the role for probes, once a sweep', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    const tags = [HUB, SPOKE, OTHER].map((account) => {
      const iam = account === HUB ? hub.iam : hub.spokes.iam(account);
      return [iam.count('TagPolicy'), iam.policyTags[policyOf(account)]?.[PROBE_TAG]];
    });
    const value = `sweep-1/${new Date(START).toISOString()}`;
    expect(tags).toEqual(Array(3).fill([1, value]));
    const assumed = hub.spokes.assumed.map(({ RoleArn }) => RoleArn);
    expect(assumed).toContain(`arn:aws:iam::${SPOKE}:role/ForceMFA-probe`);
  });

  it('are proven by the event of the account’s own role only', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    await deliverProbe(hub, SPOKE, `arn:aws:iam::${OTHER}:role/ForceMFA-probe`);
    await deliverProbe(hub, SPOKE, SWEEP_ROLE);
    await deliverProbe(hub, SPOKE, `arn:aws:iam::${SPOKE}:role/ForceMFA-review`);
    expect(isProven(hub, SPOKE)).toBe(false);
    expect(await deliverProbe(hub, SPOKE)).toEqual(['fulfilled']);
    expect(isProven(hub, SPOKE)).toBe(true);
  });

  it('are proven though no session in the account can be had: its event has arrived', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    hub.spokes.roles.delete(SPOKE);
    expect(await deliverProbe(hub, SPOKE)).toEqual(['fulfilled']);
    expect(isProven(hub, SPOKE)).toBe(true);
  });

  it('let the summary wait until the last probe is due, and are named in it', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    for (const account of [HUB, SPOKE]) await deliverProbe(hub, account);
    expect(summaries(hub)).toEqual([]);
    expect(hub.sqs.sent.filter(({ queueUrl }) => queueUrl === SWEEPS_URL)).toMatchObject([
      { delaySeconds: 10 },
    ]);
    hub.clock.time += 30 * MINUTE;
    await deliverSweeps(hub.nightly);
    const silent = { account: OTHER, accountName: 'Development', state: 'unproven', sweeps: 1 };
    // One account has no spoke, and its sweep is reported as failed.
    const counts = { proven: 2, unproven: 1, notProbed: 1 };
    expect(summaries(hub)).toMatchObject([{ unprovenPaths: [silent], eventPaths: counts }]);
    expect(reported(hub)).toMatchObject([
      { kind: 'event-path-unproven', account: HUB, total: 1, paths: [silent] },
    ]);
    expect(hub.metricLines.at(-1)).toContain('"AccountsUnproven":1');
  });

  it('are not counted as proven in a night whose sweep did not reach the account', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    for (const account of [HUB, OTHER]) await deliverProbe(hub, account);
    hub.clock.time += 20_000;
    await deliverProbe(hub, SPOKE);
    await deliverSweeps(hub.nightly);
    hub.clock.time += 24 * 60 * MINUTE;
    hub.spokes.roles.delete(SPOKE);
    await sweepNightly(hub.nightly, { id: 'sweep-2' });
    for (const account of [HUB, OTHER]) await deliverProbe(hub, account);
    await deliverSweeps(hub.nightly);
    expect(summaries(hub)).toMatchObject([
      { eventPaths: { proven: 3, notProbed: 1, slowest: { account: SPOKE } } },
      { eventPaths: { proven: 2, notProbed: 2, slowest: { latencyMs: 0 } }, unprovenPaths: [] },
    ]);
    expect(reported(hub)).toEqual([]);
  });

  it('are in no summary and no metric where Probe is off', async () => {
    const hub = testOrganization({}, { probe: 'off' });
    await sweepNightly(hub.nightly);
    expect(summaries(hub)).toMatchObject([{ unprovenPaths: [] }]);
    expect(summaries(hub)[0]).not.toHaveProperty('eventPaths');
    expect(hub.metricLines.join()).not.toContain('AccountsUnproven');
  });

  it('let the summary wait no longer than the last of them takes', async () => {
    const hub = probing();
    await sweepNightly(hub.nightly);
    for (const account of [HUB, OTHER]) await deliverProbe(hub, account);
    hub.clock.time += 10_000;
    await deliverProbe(hub, SPOKE);
    await deliverSweeps(hub.nightly);
    const slowest = { account: SPOKE, latencyMs: 10_000 };
    expect(summaries(hub)).toMatchObject([
      { unprovenPaths: [], eventPaths: { proven: 3, unproven: 0, notProbed: 1, slowest } },
    ]);
    expect(reported(hub)).toEqual([]);
    expect(hub.metricLines.at(-1)).toContain('"AccountsUnproven":0');
  });

  it('are not called silent where an older spoke has no role for probes', async () => {
    const hub = probing();
    hub.spokes.withoutProbes.add(OTHER);
    await sweepNightly(hub.nightly);
    for (const account of [HUB, SPOKE]) await deliverProbe(hub, account);
    await deliverSweeps(hub.nightly);
    expect(reported(hub)).toMatchObject([
      {
        kind: 'event-path-unproven',
        paths: [{ account: OTHER, state: 'not-probed', reasons: [{ code: 'role-not-assumable' }] }],
      },
    ]);
    expect(hub.metricLines.at(-1)).toContain('"AccountsUnproven":0');
    // The sweep of the account went on.
    expect(summaries(hub)).toMatchObject([{ accounts: { swept: 3 } }]);
  });
});
