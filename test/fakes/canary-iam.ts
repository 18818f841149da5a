import {
  DeleteConflictException,
  IAMServiceException,
  InvalidAuthenticationCodeException,
} from '@aws-sdk/client-iam';
import { stepOf, totpCode } from '../../functions/pipeline/prove/totp.ts';
import { MemoryIam, type MemoryUser, noSuchEntity } from './memory-iam.ts';

/** RFC 4226's secret, in base32. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

const denial = (message: string, name = 'AccessDenied') =>
  new IAMServiceException({ name, $fault: 'client', message, $metadata: {} });

/** What refuses a call of a user without MFA, in AWS's words. */
export const refusals = {
  block: () =>
    denial(
      'User: x is not authorized to perform: iam:ListAccessKeys on resource: user x with an explicit deny in an identity-based policy',
    ),
  scp: () =>
    denial(
      'User: x is not authorized to perform: iam:ListAccessKeys on resource: user x with an explicit deny in a service control policy',
    ),
  nothing: () =>
    denial(
      'User: x is not authorized to perform: iam:ListAccessKeys on resource: user x because no identity-based policy allows the iam:ListAccessKeys action',
    ),
  newKey: () =>
    denial('The security token included in the request is invalid.', 'InvalidClientTokenId'),
} as const;

/** IAM with the calls that make and delete a canary, an enforcer, and STS's GetSessionToken. */
export class CanaryIam extends MemoryIam {
  /** Whether the enforcer blocks and unblocks, and after how many ms. */
  enforcer: { readonly blocks: boolean; readonly unblocks: boolean; readonly afterMs: number } = {
    blocks: true,
    unblocks: true,
    afterMs: 2_000,
  };
  /** Called before and after each call; they may throw. */
  before: (action: string) => void = () => undefined;
  after: (action: string) => void = () => undefined;
  /** Virtual devices by serial number, assigned or not. */
  readonly virtual = new Set<string>();
  /** The codes that were accepted. */
  readonly codes: string[] = [];
  readonly passwords: string[] = [];
  /** What the next calls with the canary's own key are refused for, before the block does. */
  readonly refused: (() => Error)[] = [];
  /** No policy is enforced, as on an emulator. */
  enforcesPolicies = true;
  readonly #clock: () => number;
  readonly #changed = new Map<string, number>();

  constructor(clock: () => number) {
    super({ now: clock });
    this.#clock = clock;
  }

  override call(action: string, input: Record<string, unknown>): object {
    this.before(action);
    this.#enforce();
    const answer = this.#canary(action, input) ?? super.call(action, input);
    this.after(action);
    return answer;
  }

  /** A client of the canary. @param mfa a session with MFA */
  asCanary(mfa: boolean): MemoryIam {
    const answer = async (command: { input: Record<string, unknown> }) => {
      this.#enforce();
      const user = this.user(String(command.input.UserName));
      const refusal = this.refused.shift();
      if (refusal) throw refusal();
      if (this.enforcesPolicies && !mfa && user?.policies.includes(this.policyArn)) {
        throw refusals.block();
      }
      return super.call('ListAccessKeys', command.input);
    };
    return Object.assign(Object.create(this) as MemoryIam, { send: answer }) as MemoryIam;
  }

  /** What is left of canaries: users, and devices. */
  get left(): string[] {
    const users = this.canaries.map(({ name }) => name);
    return [...users, ...this.virtual];
  }

  get canaries(): MemoryUser[] {
    return this.names.flatMap((name) => this.user(name) ?? []);
  }

  get names(): string[] {
    return [...this.#changed.keys()];
  }

  #enforce(): void {
    for (const user of this.canaries) {
      const since = this.#clock() - (this.#changed.get(user.name) ?? 0);
      if (since < this.enforcer.afterMs) continue;
      const isBlocked = user.policies.includes(this.policyArn);
      if (user.devices.length === 0 && !isBlocked && this.enforcer.blocks) {
        this.put(user.name, { policies: [this.policyArn] });
      }
      if (user.devices.length > 0 && isBlocked && this.enforcer.unblocks) {
        this.put(user.name, { policies: [] });
      }
    }
  }

  /** An answer to what MemoryIam does not know; null for the rest. */
  #canary(action: string, input: Record<string, unknown>): object | null {
    const name = String(input.UserName ?? '');
    const serial = String(input.SerialNumber ?? '');
    const change = (of: string, changed: Parameters<MemoryIam['put']>[1]) => {
      if (this.user(of) === null) throw noSuchEntity();
      this.put(of, changed);
      return {};
    };
    switch (action) {
      case 'CreateUser': {
        const Tags = (input.Tags ?? []) as { Key: string; Value: string }[];
        const tags = Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
        this.#changed.set(name, this.#clock());
        this.put(name, { path: String(input.Path), tags });
        return {};
      }
      case 'CreateLoginProfile':
        this.passwords.push(String(input.Password));
        return change(name, { password: true });
      case 'DeleteLoginProfile':
        if (!this.user(name)?.password) throw noSuchEntity();
        return change(name, { password: false });
      case 'CreateAccessKey':
        change(name, { keys: [{ id: 'AKIACANARY' }] });
        return { AccessKey: { AccessKeyId: 'AKIACANARY', SecretAccessKey: 'the-secret' } };
      case 'DeleteAccessKey':
        return change(name, { keys: [] });
      case 'CreateVirtualMFADevice': {
        const made = `arn:aws:iam::${this.account}:mfa${String(input.Path)}${String(input.VirtualMFADeviceName)}`;
        this.virtual.add(made);
        const seed = new TextEncoder().encode(SEED);
        return { VirtualMFADevice: { SerialNumber: made, Base32StringSeed: seed } };
      }
      case 'EnableMFADevice': {
        this.takeCodes(String(input.AuthenticationCode1), String(input.AuthenticationCode2));
        this.#changed.set(name, this.#clock());
        return change(name, { devices: [serial] });
      }
      case 'DetachUserPolicy':
        this.#changed.set(name, this.#clock());
        return null;
      case 'DeactivateMFADevice':
        this.#changed.set(name, this.#clock());
        return change(name, { devices: [] });
      case 'DeleteVirtualMFADevice':
        if (this.canaries.some(({ devices }) => devices.includes(serial))) throw conflict();
        if (!this.virtual.delete(serial)) throw noSuchEntity();
        return {};
      case 'DeleteUser': {
        const user = this.user(name);
        if (user === null) throw noSuchEntity();
        const { policies, keys, devices, groups, password, inline } = user;
        const rest = [...policies, ...keys, ...devices, ...groups, ...Object.keys(inline)];
        if (rest.length > 0 || password) throw conflict();
        this.#changed.delete(name);
        this.remove(name);
        return {};
      }
      case 'ListUsers':
        return {
          Users: this.canaries
            .filter(({ path }) => path.startsWith(String(input.PathPrefix)))
            .map((user) => ({ UserName: user.name })),
        };
      case 'ListVirtualMFADevices':
        return { VirtualMFADevices: [...this.virtual].map((SerialNumber) => ({ SerialNumber })) };
      default:
        return null;
    }
  }

  /** Takes consecutive codes of which the last is the current one, each once. */
  takeCodes(...given: string[]): void {
    const step = stepOf(new Date(this.#clock()));
    const right = given.map((_, index) => totpCode(SEED, step - (given.length - 1 - index)));
    if (given.some((code, index) => code !== right[index] || this.codes.includes(code))) {
      throw new InvalidAuthenticationCodeException({ message: 'wrong code', $metadata: {} });
    }
    this.codes.push(...given);
  }
}

const conflict = () =>
  new DeleteConflictException({ message: 'Detach all policies first.', $metadata: {} });
