import {
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DetachUserPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam';
import { afterAll, describe, expect, it } from 'vitest';
import type { OutcomeKind } from '../../events/outcome.ts';
import { enrol } from '../../infra/local/people.ts';
import { isBlocked, waitFor } from '../../infra/local/watch.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
import { empty, physicalId, sentIds, startTestAws, type TestAws } from './local-aws.ts';

const SEED = 20_261_122;
// DynamoDB's client tries three times, and a send lock whose release fails lasts a minute.
const PARTS = { iam: 0.15, events: 0.15, sqs: 0.15, dynamodb: 0.05, ssm: 0.15 };

let proxy: FaultyProxy | undefined;
const started = await startTestAws({
  parameters: { BlockLimit: '1000' },
  between: async (endpoint) => {
    proxy = await startFaultyProxy(endpoint, SEED, PARTS);
    return proxy;
  },
});
const test = started as TestAws;

afterAll(() => started?.stop());

// A stale read may come back after up to 30 s more than once. On an idle machine a step takes about five seconds.
const WITHIN_MS = 180_000;
const Tags = [{ Key: 'userType', Value: 'Service' }];
const serial = (user: string) => `arn:aws:iam::123456789012:mfa/phone-of-${user}`;

interface Step {
  /** A call straight to AWS, without faults. */
  readonly act: (UserName: string) => Promise<unknown>;
  readonly blocked: boolean;
  /** The outcome that is reported. */
  readonly reported: OutcomeKind;
}

const joins: Step = {
  act: (UserName) => test.admin.send(new CreateUserCommand({ UserName })),
  blocked: true,
  reported: 'user-blocked',
};
const joinsAsService: Step = {
  act: (UserName) => test.admin.send(new CreateUserCommand({ UserName, Tags })),
  blocked: false,
  reported: 'exemption-seen',
};
const enrols: Step = {
  act: (UserName) => enrol(test.admin, UserName),
  blocked: false,
  reported: 'user-unblocked',
};
const losesPhone: Step = {
  act: (UserName) =>
    test.admin.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber: serial(UserName) })),
  blocked: true,
  reported: 'user-blocked',
};
const isUnblockedByHand: Step = {
  act: (UserName) => {
    const PolicyArn = physicalId(test, 'ForceMfaPolicy');
    return test.admin.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  },
  blocked: true,
  reported: 'user-blocked',
};
const becomesService: Step = {
  act: (UserName) => test.admin.send(new TagUserCommand({ UserName, Tags })),
  blocked: false,
  reported: 'user-unblocked',
};
const isNoLongerService: Step = {
  act: (UserName) => test.admin.send(new UntagUserCommand({ UserName, TagKeys: ['userType'] })),
  blocked: true,
  reported: 'user-blocked',
};

const stories: Readonly<Record<string, readonly [Step, ...Step[]]>> = {
  ann: [joins],
  ben: [joins, enrols],
  cas: [joins, enrols, losesPhone],
  dee: [joins, isUnblockedByHand],
  eve: [joins, becomesService],
  fin: [joinsAsService, isNoLongerService, enrols],
};

const ofKind = (kind: OutcomeKind, user: string) =>
  sentIds(test).filter((id) => id.startsWith(`${kind}/123456789012/${user}/`));
const blockedNow = (user: string) => isBlocked(test.aws, test.unseen, user);

/** Plays a story. Each step waits until the step before has had its effect and Slack has the message. */
async function play(user: string, steps: readonly Step[]): Promise<void> {
  const reported = new Map<OutcomeKind, number>();
  for (const [index, step] of steps.entries()) {
    await step.act(user);
    const times = (reported.get(step.reported) ?? 0) + 1;
    reported.set(step.reported, times);
    const done = async () =>
      (await blockedNow(user)) === step.blocked && ofKind(step.reported, user).length >= times;
    const what = `${user}'s step ${index + 1}: ${step.blocked ? 'blocked' : 'not blocked'}, and reported`;
    if ((await waitFor(done, WITHIN_MS)) === null) throw new Error(`timed out: ${what}`);
  }
}

/** Invokes a sweep as Lambda does for a schedule: one that throws is retried twice. */
async function sweep(id: string): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await test.aws.functions.nightlySweep.invoke({ id });
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

describe.skipIf(started === null)(
  'the enforcer on an AWS that delays, throttles, resets and fails',
  () => {
    it('blocks and unblocks every user by events, and reports each action', async () => {
      await Promise.all(Object.entries(stories).map(([user, steps]) => play(user, steps)));
    }, 600_000);

    it('finds the users whose events were lost by a sweep', async () => {
      const unheard = ['unheard-1', 'unheard-2', 'unheard-3'];
      for (const UserName of unheard) await test.unseen.send(new CreateUserCommand({ UserName }));
      await sweep('the-sweep');
      const done = async () =>
        (await Promise.all(unheard.map(blockedNow))).every(Boolean) &&
        unheard.every((user) => ofKind('user-blocked', user).length === 1);
      expect(await waitFor(done, WITHIN_MS)).not.toBeNull();
    }, 400_000);

    it('loses no message, and reports no action that was not done', async () => {
      // Own changes of users who have changed again since come back with a delay until they are two minutes old.
      expect(await waitFor(() => empty(test, 'queues'), WITHIN_MS)).not.toBeNull();
      expect(await empty(test, 'failed messages')).toBe(true);
      for (const [user, steps] of Object.entries(stories)) {
        expect(await blockedNow(user), user).toBe(steps.at(-1)?.blocked);
        for (const kind of ['user-blocked', 'user-unblocked'] as const) {
          const expected = steps.filter(({ reported }) => reported === kind).length;
          expect(new Set(ofKind(kind, user)).size, `${kind} ${user}`).toBe(expected);
        }
      }
    }, 400_000);

    it('meets every kind of fault', () => {
      const { injected } = proxy as FaultyProxy;
      const calls = Object.values(injected).reduce((sum, count) => sum + count, 0);
      process.stdout.write(`Faults: of ${calls} calls ${JSON.stringify(injected)}\n`);
      const { outage: _, ...always } = injected;
      for (const [fault, times] of Object.entries(always)) expect(times, fault).toBeGreaterThan(0);
    });
  },
);
