import { forceMfaInline, forceMfaPolicy } from '../../functions/domain/rules/force-mfa.ts';
import type { MemoryUser } from '../fakes/memory-iam.ts';
import type { Account } from './account.ts';
import type { Environment } from './environment.ts';
import type { Random } from './random.ts';

type Change = Partial<Omit<MemoryUser, 'name'>>;

/** A change that people make to a user. It does nothing where IAM would refuse it. */
type Act = (user: MemoryUser, people: People) => void;

const weights = {
  'enrol a virtual device': 12,
  'enrol a FIDO device': 4,
  'deactivate a device': 12,
  'tag as exempt': 6,
  untag: 6,
  'end an exemption': 2,
  'tag as break-glass': 2,
  'tag with anything': 3,
  'create a password': 5,
  'delete the password': 3,
  rename: 4,
  delete: 4,
  'delete and create again': 4,
  'attach ForceMFA by hand': 3,
  'detach ForceMFA by hand': 5,
  'into the deny group by hand': 2,
  'out of the deny group by hand': 2,
  'set a boundary': 2,
  'remove the boundary': 2,
  'attach another policy': 3,
  'detach another policy': 3,
};

/** The account's users and administrators, who make changes at any time. */
export class People {
  readonly account: Account;
  readonly random: Random;
  readonly #environment: Environment;
  /** A source of its own: the spelling of names must not change what people do. */
  readonly #typing: Random;
  /** A source of its own, for the names and paths that people choose. */
  readonly #naming: Random;
  /** A source of its own, for the sessions of administrators. */
  readonly #signingIn: Random;
  #serials = 0;
  #names = 0;

  constructor(environment: Environment, account: Account) {
    this.#environment = environment;
    this.account = account;
    this.random = environment.random.fork('people');
    this.#typing = environment.random.fork('typing');
    this.#naming = environment.random.fork('naming');
    this.#signingIn = environment.random.fork('signing in');
  }

  /** Creates the users that exist when a run begins. */
  settle(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const name = this.#newName();
      this.account.change(name, this.#randomUser(name));
    }
  }

  /** Makes changes until that time, at random moments, sometimes several within seconds. */
  work(until: number, meanMs: number): void {
    const { clock } = this.#environment;
    const step = () => {
      if (clock.now >= until) return;
      const many = this.random.chance(0.3) ? this.random.whole(2, 5) : 1;
      const [first] = this.account.users.length > 0 ? [this.random.pick(this.account.users)] : [];
      for (let index = 0; index < many; index += 1) {
        // The changes of a burst concern the same user most of the time.
        const name = this.random.chance(0.7) ? first : undefined;
        clock.after(index === 0 ? 0 : this.random.between(0, 6_000), () => this.#act(name));
      }
      clock.after(-Math.log(1 - this.random.next()) * meanMs, step);
    };
    clock.after(this.random.between(0, meanMs), step);
  }

  #act(name: string | undefined): void {
    const { users } = this.account;
    const { random } = this;
    if (users.length === 0 || random.chance(0.08)) {
      this.create();
      return;
    }
    if (random.chance(0.03)) {
      this.#tamperWithPolicy();
      return;
    }
    const user =
      this.account.user(name ?? random.pick(users)) ?? this.account.user(random.pick(users));
    const what = random.weighted(weights);
    if (user) acts[what](user, this);
  }

  /** Creates a user as the console does: the user first, the password within seconds. */
  create(name = this.#newName()): void {
    const { random } = this;
    const tags = random.chance(0.2) ? { userType: 'Service' } : {};
    const path = this.newPath();
    this.do(name, 'CreateUser', { path, tags: listOf(tags) }, { path, tags });
    if (random.chance(0.6)) {
      this.#environment.clock.after(random.between(200, 2_000), () => {
        if (this.account.user(name)?.password === false)
          acts['create a password'](this.#live(name), this);
      });
    }
  }

  /** Makes one IAM call that succeeds, and sends its event. */
  do(name: string, eventName: string, parameters: object, change: Change): void {
    this.account.change(name, change);
    this.record(name, eventName, parameters);
  }

  /** Sends the event of a call that has succeeded. */
  record(
    name: string,
    eventName: string,
    parameters: object,
    identity = this.#randomCaller(name),
  ): void {
    const { trace, counts } = this.#environment;
    counts.add(`people: ${eventName}`);
    trace.note('people', `${eventName} ${name} ${JSON.stringify(parameters)}`);
    this.account.onRecord({
      eventName,
      parameters: this.#asTyped(eventName, { userName: name, ...parameters }),
      response: null,
      identity,
    });
  }

  /** IAM takes a name in any case, and CloudTrail records it as it was typed. A new name is written as it is typed. */
  #asTyped(
    eventName: string,
    parameters: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    if (eventName === 'CreateUser') return parameters;
    const names = ['userName', 'policyArn', 'groupName', 'permissionsBoundary'];
    return Object.fromEntries(
      Object.entries(parameters).map(([key, value]) => {
        const isOtherCase =
          typeof value === 'string' && names.includes(key) && this.#typing.chance(0.1);
        if (!isOtherCase) return [key, value];
        this.#environment.faults.add('name typed in another case');
        const [, start = '', name = ''] = /^(.*[:/]policy\/)?(.*)$/.exec(value) ?? [];
        return [key, start + name.toUpperCase()];
      }),
    );
  }

  later(ms: number, run: () => void): void {
    this.#environment.clock.after(ms, run);
  }

  /**
   * IAM deletes no user with a policy. In half of the cases an administrator with MFA detaches ForceMFA, and deletes the user
   * a little later.
   */
  deletesSlowly({ name, policies }: MemoryUser): boolean {
    const { account, policyArn } = this.account.settings;
    if (!policies.includes(policyArn) || this.#signingIn.chance(0.5)) return false;
    const identity = administrator(account, true);
    this.account.change(name, { policies: policies.filter((one) => one !== policyArn) });
    this.record(name, 'DetachUserPolicy', { policyArn }, identity);
    this.later(this.#signingIn.between(5_000, 200_000), () => {
      if (this.account.user(name) === null) return;
      this.account.remove(name);
      this.record(name, 'DeleteUser', {}, identity);
    });
    return true;
  }

  newSerial(kind: 'virtual' | 'fido', name: string): string {
    this.#serials += 1;
    const { account } = this.account.settings;
    // A user may give a virtual device the name of root's.
    const device = this.#serials % 4 === 0 ? 'root-account-mfa-device' : name;
    return kind === 'virtual'
      ? `arn:aws:iam::${account}:mfa/${device}-${this.#serials}`
      : `arn:aws:iam::${account}:u2f/user/${name}/key-${this.#serials}`;
  }

  newName(): string {
    return this.#newName();
  }

  newPath(): string {
    return this.#exemptsByName && this.#naming.chance(0.4) ? '/machines/' : '/';
  }

  /** In half of the renames, where a path can exempt: another path instead of another name. */
  otherPath({ path }: MemoryUser): string | null {
    if (!this.#exemptsByName || this.#naming.chance(0.5)) return null;
    return path === '/' ? '/machines/' : '/';
  }

  get #exemptsByName(): boolean {
    return this.account.settings.exemptUsers.length > 0;
  }

  #live(name: string): MemoryUser {
    return this.account.user(name) as MemoryUser;
  }

  #randomCaller(name: string): Record<string, unknown> {
    const { account } = this.account.settings;
    if (this.random.chance(0.3)) {
      return { type: 'IAMUser', userName: name, arn: `arn:aws:iam::${account}:user/${name}` };
    }
    return administrator(account, this.#signingIn.chance(0.5));
  }

  #newName(): string {
    this.#names += 1;
    const kind = this.#exemptsByName && this.#naming.chance(0.3) ? 'robot' : 'user';
    return `${kind}-${this.#names}`;
  }

  #randomUser(name: string): Change {
    const { random } = this;
    const { settings } = this.account;
    const kind = random.weighted({
      protected: 8,
      service: 3,
      'break-glass': 1,
      blocked: 2,
      unprotected: 2,
    });
    const full = random.chance(0.2);
    const policies = Array.from({ length: full ? 10 : random.whole(0, 3) }, (_, index) =>
      otherPolicy(settings.account, index),
    );
    const fullGroups = full && random.chance(0.5);
    const byInline = kind === 'blocked' && full && settings.inlineDeny;
    // EnrolWith may have had another value when the user was blocked.
    const enrolWith = this.#naming.pick(['console', 'console-and-keys'] as const);
    return {
      path: this.newPath(),
      inline: byInline ? { [settings.inlinePolicyName]: forceMfaInline('aws', enrolWith) } : {},
      devices: kind === 'protected' ? [this.newSerial(random.pick(['virtual', 'fido']), name)] : [],
      tags:
        kind === 'service'
          ? { userType: random.pick(['Service', 'service']) }
          : kind === 'break-glass'
            ? { 'mfa-enforcer:break-glass': 'true' }
            : {},
      password: random.chance(0.6),
      policies: kind === 'blocked' && !full ? [...policies, settings.policyArn] : policies,
      groups: Array.from(
        { length: fullGroups ? 10 : random.whole(0, 2) },
        (_, index) => `team-${index}`,
      ),
      boundary: full && random.chance(0.4) ? otherPolicy(settings.account, 99) : null,
    };
  }

  /** A person edits ForceMFA or chooses another version of it. It is deleted only while no user has it. */
  #tamperWithPolicy(): void {
    const { iam, settings } = this.account;
    const arn = this.random.pick([settings.policyArn, settings.boundaryArn]);
    const policy = iam.managed[arn];
    if (!policy || !iam.policyExists) return;
    const versions = Object.keys(policy.versions);
    const policyName = arn;
    if (versions.length < 5 && this.random.chance(0.6)) {
      const versionId = `v${versions.length + 1}`;
      policy.versions[versionId] = { ...forceMfaPolicy('aws', 'console'), Statement: [] };
      policy.defaultId = versionId;
      const parameters = { policyArn: arn, setAsDefault: true };
      this.#environment.trace.note('people', `CreatePolicyVersion ${policyName} ${versionId}`);
      this.account.onRecord({
        eventName: 'CreatePolicyVersion',
        parameters,
        response: { policyVersion: { versionId, isDefaultVersion: true } },
        identity: this.#randomCaller('alice'),
      });
      this.#environment.counts.add('people: CreatePolicyVersion');
      return;
    }
    const isUnattached = this.account.blockedUsers().length === 0;
    if (isUnattached && this.random.chance(0.5)) {
      iam.policyExists = false;
      this.#policyEvent('DeletePolicy', settings.policyArn);
      // A person reads the alert and creates the policy again.
      this.later(this.random.between(60_000, 600_000), () => {
        iam.policyExists = true;
      });
      return;
    }
    policy.defaultId = this.random.pick(versions);
    this.#policyEvent('SetDefaultPolicyVersion', arn, { versionId: policy.defaultId });
  }

  #policyEvent(eventName: string, policyArn: string, more: object = {}): void {
    this.#environment.trace.note('people', `${eventName} ${policyArn} ${JSON.stringify(more)}`);
    this.#environment.counts.add(`people: ${eventName}`);
    this.account.onRecord({
      eventName,
      parameters: { policyArn, ...more },
      response: null,
      identity: this.#randomCaller('alice'),
    });
  }
}

const acts: Readonly<Record<keyof typeof weights, Act>> = {
  'enrol a virtual device': (user, people) => enrol(user, people, 'virtual'),
  'enrol a FIDO device': (user, people) => enrol(user, people, 'fido'),
  'deactivate a device': (user, people) => {
    const serialNumber = user.devices.at(-1);
    if (serialNumber === undefined) return;
    const devices = user.devices.filter((one) => one !== serialNumber);
    people.do(user.name, 'DeactivateMFADevice', { serialNumber }, { devices });
    if (!serialNumber.includes(':mfa/') || people.random.chance(0.4)) return;
    people.later(people.random.between(200, 3_000), () =>
      people.account.onRecord({
        eventName: 'DeleteVirtualMFADevice',
        parameters: { serialNumber },
        response: null,
        identity: {
          type: 'IAMUser',
          userName: user.name,
          arn: `arn:aws:iam::${people.account.settings.account}:user/${user.name}`,
        },
      }),
    );
  },
  'tag as exempt': (user, people) =>
    tag(user, people, { userType: people.random.pick(['Service', 'service', 'SERVICE']) }),
  untag: (user, people) => {
    const keys = Object.keys(user.tags);
    if (keys.length === 0) return;
    const key = people.random.pick(keys);
    const tags = Object.fromEntries(Object.entries(user.tags).filter(([one]) => one !== key));
    people.do(user.name, 'UntagUser', { tagKeys: [key] }, { tags });
  },
  'end an exemption': (user, people) =>
    tag(user, people, {
      'mfa-exempt-until': people.random.pick(['2026-02-01', '2027-01-01', 'soon']),
    }),
  'tag as break-glass': (user, people) => tag(user, people, { 'mfa-enforcer:break-glass': 'true' }),
  'tag with anything': (user, people) =>
    tag(user, people, { team: `t${people.random.whole(1, 9)}` }),
  'create a password': (user, people) => {
    if (user.password) return;
    people.do(user.name, 'CreateLoginProfile', { passwordResetRequired: true }, { password: true });
  },
  'delete the password': (user, people) => {
    if (!user.password) return;
    people.do(user.name, 'DeleteLoginProfile', {}, { password: false });
  },
  rename: (user, people) => {
    const newPath = people.otherPath(user);
    if (newPath !== null) {
      people.do(user.name, 'UpdateUser', { newPath }, { path: newPath });
      return;
    }
    const newUserName = people.newName();
    const { name, ...rest } = user;
    people.account.remove(name);
    people.account.change(newUserName, rest);
    people.record(name, 'UpdateUser', { newUserName });
  },
  delete: (user, people) => {
    if (people.deletesSlowly(user)) return;
    people.account.remove(user.name);
    people.record(user.name, 'DeleteUser', {});
  },
  'delete and create again': (user, people) => {
    people.account.remove(user.name);
    people.record(user.name, 'DeleteUser', {});
    people.later(people.random.between(100, 20_000), () => {
      if (people.account.user(user.name) === null) people.create(user.name);
    });
  },
  'attach ForceMFA by hand': (user, people) => {
    const { policyArn } = people.account.settings;
    if (user.policies.includes(policyArn) || user.policies.length >= 10) return;
    if (!people.account.iam.policyExists) return;
    const policies = [...user.policies, policyArn];
    people.do(user.name, 'AttachUserPolicy', { policyArn }, { policies });
  },
  'detach ForceMFA by hand': (user, people) => {
    const { policyArn } = people.account.settings;
    if (!user.policies.includes(policyArn)) return;
    const policies = user.policies.filter((one) => one !== policyArn);
    people.do(user.name, 'DetachUserPolicy', { policyArn }, { policies });
  },
  'into the deny group by hand': (user, people) => {
    const { denyGroup: groupName } = people.account.settings;
    if (user.groups.includes(groupName) || user.groups.length >= 10) return;
    people.do(user.name, 'AddUserToGroup', { groupName }, { groups: [...user.groups, groupName] });
  },
  'out of the deny group by hand': (user, people) => {
    const { denyGroup: groupName } = people.account.settings;
    if (!user.groups.includes(groupName)) return;
    const groups = user.groups.filter((one) => one !== groupName);
    people.do(user.name, 'RemoveUserFromGroup', { groupName }, { groups });
  },
  'set a boundary': (user, people) => {
    const permissionsBoundary = otherPolicy(people.account.settings.account, 99);
    const change = { boundary: permissionsBoundary };
    people.do(user.name, 'PutUserPermissionsBoundary', { permissionsBoundary }, change);
  },
  'remove the boundary': (user, people) => {
    if (user.boundary === null) return;
    people.do(user.name, 'DeleteUserPermissionsBoundary', {}, { boundary: null });
  },
  'attach another policy': (user, people) => {
    if (user.policies.length >= 10) return;
    const policyArn = otherPolicy(people.account.settings.account, people.random.whole(10, 90));
    if (user.policies.includes(policyArn)) return;
    people.do(
      user.name,
      'AttachUserPolicy',
      { policyArn },
      { policies: [...user.policies, policyArn] },
    );
  },
  'detach another policy': (user, people) => {
    const policyArn = user.policies.find((one) => one !== people.account.settings.policyArn);
    if (policyArn === undefined) return;
    const policies = user.policies.filter((one) => one !== policyArn);
    people.do(user.name, 'DetachUserPolicy', { policyArn }, { policies });
  },
};

function enrol(user: MemoryUser, people: People, kind: 'virtual' | 'fido'): void {
  if (user.devices.length >= 8) return;
  const serialNumber = people.newSerial(kind, user.name);
  const devices = [...user.devices, serialNumber];
  people.do(user.name, 'EnableMFADevice', { serialNumber }, { devices });
}

function tag(user: MemoryUser, people: People, more: Record<string, string>): void {
  const others = Object.entries(user.tags).filter(
    ([key]) => !Object.keys(more).some((one) => one.toLowerCase() === key.toLowerCase()),
  );
  const tags = { ...Object.fromEntries(others), ...more };
  people.do(user.name, 'TagUser', { tags: listOf(more) }, { tags });
}

function administrator(account: string, mfa: boolean): Record<string, unknown> {
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/SecurityAdmin/alice`,
    sessionContext: { attributes: { mfaAuthenticated: String(mfa) } },
  };
}

function listOf(tags: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function otherPolicy(account: string, number: number): string {
  return `arn:aws:iam::${account}:policy/other-${number}`;
}
