import { PROBE_TAG } from '../../../events/event-path.ts';
import { type Account, sweepRoleArn } from '../account.ts';
import type { Environment } from '../environment.ts';
import type { Random } from '../random.ts';

const MINUTES = 60_000;
const MOST = 3;

/** Callers who tag the ForceMFA policy as a probe does. They can read the tag's value, and any value of the past. */
export class ProbeForgers {
  readonly #environment: Environment;
  readonly #account: Account;
  readonly #random: Random;
  readonly #values: string[] = [];

  constructor(environment: Environment, account: Account) {
    this.#environment = environment;
    this.#account = account;
    this.#random = environment.random.fork('forged probes');
  }

  /** Notes the value of a probe, and forges it and others within the next two hours. */
  seen(value: string): void {
    const { profile, clock } = this.#environment;
    this.#values.push(value);
    for (let left = MOST; left > 0; left -= 1) {
      if (!this.#random.chance(profile.probes.forged)) continue;
      // Half of them come before the probe is due.
      const most = this.#random.chance(0.5) ? 25 * MINUTES : 120 * MINUTES;
      clock.after(this.#random.between(0, most), () => this.#forge());
    }
  }

  #forge(): void {
    const { faults } = this.#environment;
    const { policyArn, boundaryArn } = this.#account.settings;
    const last = this.#values.at(-1) ?? '';
    const value = this.#random.pick([last, last, this.#random.pick(this.#values), `${last}0`]);
    const isOther = this.#random.chance(0.2);
    faults.add('probe forged');
    this.#account.onRecord({
      eventName: 'TagPolicy',
      parameters: {
        policyArn: isOther ? boundaryArn : policyArn,
        tags: [{ key: PROBE_TAG, value }],
      },
      response: null,
      identity: this.#identity(),
    });
  }

  /** Any caller but the role of nightly-sweep. A session has the name that its caller chooses. */
  #identity(): Readonly<Record<string, unknown>> {
    const { account } = this.#account.settings;
    const inRole = (roleArn: string, role: string) => ({
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/${role}/nightly-sweep`,
      sessionContext: { sessionIssuer: { type: 'Role', arn: roleArn, userName: role } },
    });
    const role = sweepRoleArn(account);
    return this.#random.pick([
      { type: 'IAMUser', userName: 'nightly-sweep', arn: role },
      inRole(`arn:aws:iam::${account}:role/Intruder`, 'Intruder'),
      inRole(`${role}-2`, 'nightly-sweep-2'),
      inRole(role.replace(':role/', ':role/own/'), 'nightly-sweep'),
      inRole(role.replace(account, '999999999999'), 'nightly-sweep'),
    ]);
  }
}
