import { IAMClient } from '@aws-sdk/client-iam';
import { type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { PROBE_TAG, Probe } from '../../events/event-path.ts';
import { stateKeys } from '../../events/state-keys.ts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import {
  accountNames,
  namesInStateTable,
} from '../../functions/pipeline/accounts/account-names.ts';
import { spokeAccounts } from '../../functions/pipeline/accounts/accounts.ts';
import {
  type SpokeSessions,
  spokeClient,
} from '../../functions/pipeline/accounts/spoke-session.ts';
import { publisher } from '../../functions/pipeline/publish.ts';
import { AccountThrottle } from '../../functions/pipeline/review/account-throttle.ts';
import { enforcerOf } from '../../functions/pipeline/review/enforcer.ts';
import { handleBatch } from '../../functions/pipeline/review/handle-batch.ts';
import type { BatchDeps } from '../../functions/pipeline/review/review-deps.ts';
import type { SweepDeps } from '../../functions/pipeline/sweep/sweep-deps.ts';
import { accessDenied, MemoryIam } from './memory-iam.ts';
import { sweepHub } from './nightly.ts';
import { iamEvent, results, SWEEP_ROLE, type TestPipeline, testPipeline } from './pipeline.ts';

export const ORGANIZATION = 'o-a1b2c3d4e5';
export const HUB = '111122223333';
export const SPOKE = '222233334444';
export const OTHER = '333344445555';
/** An account without a spoke. */
export const BARE = '444455556666';
export const SUSPENDED = '555566667777';

const anywhere = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
};
const HOUR_MS = 60 * 60_000;

type Credentials = Awaited<ReturnType<Parameters<SpokeSessions['iamWith']>[0]>>;

/** The accounts of an organization in memory, and the STS that gives sessions in them. */
class MemoryOrganization extends STSClient {
  readonly accounts = new Map<string, MemoryIam>();
  /** The tags of each account's roles. An account without an entry has no role. */
  readonly roles = new Map<string, Record<string, string>>();
  /** Every AssumeRole so far. */
  readonly assumed: AssumeRoleCommandInput[] = [];
  /** Accounts whose role gives a session of another account. */
  readonly misled = new Map<string, string>();
  /** Accounts whose spoke is of an older release: without the role for probes. */
  readonly withoutProbes = new Set<string>();
  /** Accounts whose IAM never answers. */
  readonly silent = new Set<string>();
  /** The next AssumeRole throws it. */
  fail: Error | null = null;
  readonly #now: () => number;

  constructor(now: () => number) {
    super(anywhere);
    this.#now = now;
    for (const account of [SPOKE, OTHER]) {
      this.accounts.set(account, new MemoryIam({ account, now }));
      this.roles.set(account, {});
    }
    this.accounts.set(BARE, new MemoryIam({ account: BARE, now }));
  }

  /** The IAM of an account. */
  iam(account: string): MemoryIam {
    const iam = this.accounts.get(account);
    if (!iam) throw new Error(`no account ${account} in memory`);
    return iam;
  }

  override async send(command: object): Promise<never> {
    const { input } = command as { input: AssumeRoleCommandInput };
    this.assumed.push(input);
    if (this.fail) throw this.fail;
    const [, , , , account = '', role = ''] = (input.RoleArn ?? '').split(':');
    if (!this.roles.has(account)) throw accessDenied();
    if (role.endsWith('-probe') && this.withoutProbes.has(account)) throw accessDenied();
    const where = this.misled.get(account) ?? account;
    return {
      Credentials: {
        // The key names the session's account, as in all sessions of this fake.
        AccessKeyId: `ASIA/${where}`,
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: new Date(this.#now() + HOUR_MS),
      },
      AssumedRoleUser: {
        Arn: `arn:aws:sts::${where}:assumed-role/${role.replace('role/', '')}/${input.RoleSessionName}`,
      },
    } as never;
  }

  /** A client that acts in its session's account, and renews the session five minutes before its end, as the SDK does. */
  iamWith(session: () => Promise<Credentials>): IAMClient {
    let current: Credentials | null = null;
    const send = async (command: object) => {
      if (current === null || current.expiration.getTime() - this.#now() < 5 * 60_000) {
        current = await session();
      }
      return this.answer(current.accessKeyId.split('/')[1] ?? '', command);
    };
    return Object.assign(new IAMClient(anywhere), { send });
  }

  /** IAM's answer in an account. */
  async answer(account: string, command: object): Promise<never> {
    if (this.silent.has(account)) return new Promise<never>(() => undefined);
    if (command.constructor.name === 'ListRoleTagsCommand') {
      const Tags = Object.entries(this.roles.get(account) ?? {}).map(([Key, Value]) => ({
        Key,
        Value,
      }));
      return { Tags } as never;
    }
    return this.iam(account).send(command as never);
  }
}

/** A hub and its spokes in memory. */
export interface TestOrganization extends TestPipeline {
  readonly spokes: MemoryOrganization;
  /** The dependencies of the nightly sweep. */
  readonly nightly: TestPipeline;
}

/** The whole product in memory, managing an organization. */
export function testOrganization(
  change: Partial<Settings> = {},
  deps: Partial<BatchDeps & SweepDeps> = {},
): TestOrganization {
  const hub = { ...testPipeline(change), ...deps } as TestPipeline;
  const { sqs, events, queueUrl, dynamo, stateTable, log, now } = hub;
  const spokes = new MemoryOrganization(() => hub.clock.time);
  const nameOf = namesInStateTable(dynamo, stateTable, log);
  const taggerOf = (account: string) =>
    spokeClient(
      {
        sts: spokes,
        iamWith: (session) => spokes.iamWith(session),
        hub: hub.settings,
        role: 'probe',
        sessionName: 'nightly-sweep',
      },
      account,
    );
  const workOn = (iam: IAMClient, settings: Settings) => {
    const names = accountNames(settings.account, iam, nameOf, log);
    return {
      ...hub,
      ...publisher({ events, outcomeBus: 'outcomes', sqs, queueUrl, names, log }),
      iam,
      tagger: settings.account === HUB ? iam : taggerOf(settings.account),
      organization: ORGANIZATION,
      settings,
      enforcer: enforcerOf(iam, settings, hub.stateStore, now, log),
      names,
    };
  };
  const own = workOn(hub.iam, hub.settings);
  const accountsBy = (role: 'review' | 'read', sessionName: string) =>
    spokeAccounts(
      {
        sts: spokes,
        iamWith: (session) => spokes.iamWith(session),
        hub: hub.settings,
        role,
        sessionName,
      },
      own,
      workOn,
      now,
    );
  const listed = [
    { id: HUB, name: 'Security', active: true },
    { id: SPOKE, name: 'Production', active: true },
    { id: OTHER, name: 'Development', active: true },
    { id: BARE, name: 'Sandbox', active: true },
    { id: SUSPENDED, name: 'Old', active: false },
  ];
  const pipeline = {
    ...hub,
    ...own,
    iam: hub.iam,
    accountThrottle: new AccountThrottle(now),
  };
  return Object.assign(pipeline, {
    spokes,
    accounts: accountsBy('review', 'on-iam-change'),
    nightly: {
      ...sweepHub(hub, { id: ORGANIZATION, accounts: listed }),
      names: own.names,
      publish: own.publish,
      accounts: accountsBy('read', 'nightly-sweep'),
    },
  });
}

/**
 * Delivers the event of an account's last probe to on-iam-change.
 * @param roleArn the caller's role
 * @returns the result of its record
 */
export async function deliverProbe(
  hub: TestOrganization,
  account: string,
  roleArn = account === HUB ? SWEEP_ROLE : `arn:aws:iam::${account}:role/ForceMFA-probe`,
): Promise<string[]> {
  const entry = hub.dynamo.items.get(stateKeys.probe(account))?.body?.S;
  const { value } = Probe.parse(JSON.parse(entry ?? 'null'));
  const policyArn = `arn:aws:iam::${account}:policy/ForceMFA`;
  const body = iamEvent('TagPolicy', {
    account,
    parameters: { policyArn, tags: [{ key: PROBE_TAG, value }] },
    identity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn: roleArn } } },
  });
  const { of } = hub.accounts;
  return results(await handleBatch({ own: hub, of }, [{ body }]));
}
