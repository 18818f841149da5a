import { treatmentOf } from '../../functions/domain/review/iam-errors.ts';
import type { Environment } from './environment.ts';
import { errorOf, isConflictError, isRetried } from './errors.ts';
import type { CallFault, Service } from './fault-profile.ts';
import { type Instance, never } from './instance.ts';
import { isProbeCall, isReportCall } from './probe-draws.ts';
import type { Random } from './random.ts';

/** A service's handler of one call. It throws the SDK's own errors. */
type Backend = (
  action: string,
  input: Record<string, unknown>,
  instance: Instance,
) => object | Promise<object>;

/** Where a test wants a process to die: at its n-th call, counted over all services. */
export interface DeathAt {
  readonly functionName: string;
  readonly call: number;
  readonly when: 'before' | 'after';
}

interface Call {
  readonly service: Service;
  readonly action: string;
  readonly input: Record<string, unknown>;
  readonly instance: Instance;
  readonly abortSignal: SendOptions['abortSignal'];
}

interface SendOptions {
  readonly abortSignal?: { readonly aborted: boolean } | undefined;
}

/** A client's. */
export type Send = (command: object, options?: SendOptions) => Promise<object>;

// functions/runtime/clients.ts.
const MAX_ATTEMPTS: Readonly<Record<Service, number>> = {
  iam: 6,
  sqs: 6,
  events: 6,
  ssm: 6,
  dynamodb: 3,
};
const TIME_OUT_MS = 5_000;
/** The readings of a sweep besides those of users. */
function isPart({ action, input, instance }: Call): boolean {
  if (instance.functionName !== 'nightly-sweep') return false;
  return (
    /^(GetPolicyVersion|GetGroupPolicy|GenerateCredentialReport|GetCredentialReport)$/.test(
      action,
    ) ||
    (action === 'GetAccountAuthorizationDetails' && String(input.Filter) === 'LocalManagedPolicy')
  );
}

/**
 * The way from the SDK's clients to the services and back, at the boundary where a command is sent. A call takes time, may
 * fail before or after it has taken effect, and is retried as in the SDK's standard mode.
 */
export class Transport {
  readonly #environment: Environment;
  readonly #random: Random;
  readonly #probes: Random;
  readonly #reports: Random;
  readonly #backends: Readonly<Record<Service, Backend>>;
  /** Every call of a process, for tests that let one die at each. */
  readonly calls: { readonly functionName: string; readonly action: string }[] = [];
  deathAt: DeathAt | null = null;
  /** A call of IAM that failed after an answer was lost: the caller cannot know whether it took effect. */
  onDoubt: (
    action: string,
    input: Record<string, unknown>,
    instance: Instance,
    begunAt: number,
  ) => void = () => undefined;

  constructor(environment: Environment, backends: Readonly<Record<Service, Backend>>) {
    this.#environment = environment;
    this.#random = environment.random.fork('transport');
    this.#probes = environment.random.fork('probes of the transport');
    this.#reports = environment.random.fork('credential reports of the transport');
    this.#backends = backends;
  }

  /** The send of a client that belongs to an instance of a function. */
  sender(service: Service, instance: Instance): Send {
    return async (command, { abortSignal } = {}) => {
      const action = command.constructor.name.replace(/Command$/, '');
      const { input } = command as { input: Record<string, unknown> };
      instance.inFlight += 1;
      try {
        return await this.#send({ service, action, input, instance, abortSignal });
      } finally {
        instance.inFlight -= 1;
      }
    };
  }

  async #send(call: Call): Promise<object> {
    const { instance, action, input, service } = call;
    const { journal } = instance.origin;
    const begunAt = this.#environment.clock.now;
    let isLost = false;
    for (let attempt = 1; ; attempt += 1) {
      const fault = this.#fault(call);
      try {
        const answer = await this.#attempt(call, fault);
        journal.answered(action, input, answer);
        return answer;
      } catch (error) {
        const thrown = error instanceof Fault ? error.what : (error as Error);
        const isRetried =
          error instanceof Fault ? error.retried : isConflictError(thrown) && comesRight(thrown);
        isLost ||= error instanceof Fault && !error.isRefusal;
        if (!isRetried || attempt === MAX_ATTEMPTS[service]) {
          // functions/runtime/clients.ts does the same for IAM.
          if (service === 'iam' && isLost) Object.assign(thrown, { lostAnswer: true });
          if (
            /^(Attach|Add|Put|Detach|Remove|Delete).*(Polic|Group|Boundary)/.test(action) &&
            isLost &&
            !(error instanceof Fault)
          ) {
            this.#environment.faults.add('uncertain answer (on-iam-change)');
          }
          if (service === 'iam') {
            journal.refused(action, input, thrown);
            if (isLost) this.onDoubt(action, input, instance, begunAt);
          }
          if (service === 'dynamodb' && error instanceof Fault) {
            this.#environment.faults.add(`note lost (${instance.functionName})`);
            journal.noteLost = true;
          }
          throw thrown;
        }
        await this.#pause(
          instance,
          this.#sourceFor(call).next() * Math.min(20_000, 100 * 2 ** attempt),
        );
      }
    }
  }

  async #attempt(call: Call, fault: CallFault | null): Promise<object> {
    const { instance, service, action, input, abortSignal } = call;
    await instance.awake();
    // The SDK's HTTP handler does the same before each attempt.
    if (abortSignal?.aborted) {
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    }
    const planned = this.#plannedDeath(instance, action);
    const what = `${service}:${action} ${subjectOf(input)}`;
    if (planned === 'before' || fault === 'death before')
      return this.#die(instance, what, 'before');
    const takesTime = fault?.startsWith('time-out')
      ? TIME_OUT_MS
      : this.#sourceFor(call).between(4, 60);
    await this.#environment.clock.sleep(takesTime / 2);
    // A sent call arrives even if the instance freezes. If its process dies, half of such calls arrive.
    if (!instance.alive && this.#sourceFor(call).chance(0.5)) return never();
    if (fault !== null && !/after$/.test(fault)) {
      this.#environment.trace.note(instance.name, `${what} ✗ ${fault}`);
      await this.#pause(instance, takesTime / 2);
      throw new Fault(fault);
    }
    const answer = await this.#effect(call, what);
    if (planned === 'after' || fault === 'death after') return this.#die(instance, what, 'after');
    await this.#pause(instance, takesTime / 2);
    if (fault !== null) throw new Fault(fault);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async #effect({ service, action, input, instance }: Call, what: string): Promise<object> {
    const { trace } = this.#environment;
    try {
      const answer = await this.#backends[service](action, input, instance);
      trace.note(instance.name, `${what} ✓${shown(action, answer)}`);
      return answer;
    } catch (error) {
      trace.note(instance.name, `${what} ✗ ${(error as Error).name}`);
      return error as Error;
    }
  }

  #plannedDeath(instance: Instance, action: string): 'before' | 'after' | null {
    const { functionName } = instance;
    this.calls.push({ functionName, action });
    if (this.deathAt === null || this.deathAt.functionName !== functionName) return null;
    const number = this.calls.filter((one) => one.functionName === functionName).length;
    if (number !== this.deathAt.call) return null;
    const { when } = this.deathAt;
    this.deathAt = null;
    return when;
  }

  #die(instance: Instance, what: string, when: string): Promise<never> {
    this.#environment.trace.note(instance.name, `✝ dies ${when} ${what}`);
    instance.die(`died ${when} ${what}`);
    return never();
  }

  async #pause(instance: Instance, ms: number): Promise<void> {
    await this.#environment.clock.sleep(ms);
    await instance.awake();
  }

  #sourceFor({ action, input, instance }: Call): Random {
    if (isReportCall(action, input)) return this.#reports;
    return isProbeCall(action, input, instance) ? this.#probes : this.#random;
  }

  #fault(call: Call): CallFault | null {
    const { service } = call;
    const random = this.#sourceFor(call);
    const { profile, clock, faults } = this.#environment;
    if (profile.partsUnreadable && isPart(call)) {
      faults.add('part of a sweep unreadable (iam)');
      return 'server error before';
    }
    const storm = profile.storms.find(
      (one) => one.service === service && one.from <= clock.now && clock.now < one.to,
    );
    const strikes = storm !== undefined && (storm.steady || random.chance(0.9));
    const fault = strikes ? (storm.fault as CallFault) : this.#drawn(random);
    if (fault !== null) faults.add(`${fault} (${service})`);
    return fault;
  }

  #drawn(random: Random): CallFault | null {
    let left = random.next();
    for (const [fault, rate] of Object.entries(this.#environment.profile.calls)) {
      left -= rate;
      if (left < 0) return fault as CallFault;
    }
    return null;
  }
}

/** As functions/runtime/clients.ts has the SDK classify them. */
const comesRight = (error: Error) => treatmentOf(error)?.retry === 'TRANSIENT';

class Fault extends Error {
  readonly what: Error;
  readonly retried: boolean;
  /** IAM answered that it did nothing. */
  readonly isRefusal: boolean;
  constructor(fault: CallFault) {
    super(fault);
    this.what = errorOf(fault as Parameters<typeof errorOf>[0]);
    this.retried = isRetried(fault);
    this.isRefusal = fault === 'throttled' || fault === 'access denied';
  }
}

/** The subject of a call, for the trace. */
function subjectOf(input: Record<string, unknown>): string {
  const key = (input.Key as { id?: { S?: string } } | undefined)?.id?.S;
  const item = (input.Item as { id?: { S?: string } } | undefined)?.id?.S;
  const queue = typeof input.QueueUrl === 'string' ? input.QueueUrl.split('/').at(-1) : undefined;
  const policy =
    typeof input.PolicyArn === 'string' && input.UserName === undefined
      ? input.PolicyArn.split('/').at(-1)
      : undefined;
  const entries = (input.Entries as { DetailType?: string }[] | undefined)
    ?.map(({ DetailType }) => DetailType ?? 'message')
    .join(', ');
  const delay = input.DelaySeconds ? ` in ${String(input.DelaySeconds)} s` : '';
  const subject = [input.UserName, input.GroupName, policy, key, item, queue, entries];
  return subject.filter((one) => typeof one === 'string').join(' ') + delay;
}

function shown(action: string, answer: object): string {
  switch (action) {
    case 'ListMFADevices': {
      const { MFADevices } = answer as { MFADevices: object[] };
      return ` ${MFADevices.length} devices`;
    }
    case 'ListAttachedUserPolicies': {
      const { AttachedPolicies } = answer as { AttachedPolicies: { PolicyArn: string }[] };
      return ` ${AttachedPolicies.map(({ PolicyArn }) => PolicyArn.split('/').at(-1)).join(', ')}`;
    }
    case 'GetUser': {
      const { User } = answer as { User: { Tags: { Key: string; Value: string }[] } };
      return ` ${User.Tags.map(({ Key, Value }) => `${Key}=${Value}`).join(', ')}`;
    }
    case 'ListEntitiesForPolicy': {
      const { PolicyUsers } = answer as { PolicyUsers: object[] };
      return ` ${PolicyUsers.length} users`;
    }
    default:
      return '';
  }
}
