import { randomBytes } from 'node:crypto';
import { NoSuchEntityException } from '@aws-sdk/client-iam';
import { answerOfRefusal, type CallAnswer } from '../../domain/prove/call-answer.ts';
import {
  CANARY_PATH,
  CANARY_POLICY,
  CANARY_TAG,
  canaryArn,
  canaryPolicy,
} from '../../domain/prove/canary.ts';
import { methodsOf } from '../../domain/rules/block-methods.ts';
import {
  type AccessKey,
  createAccessKey,
  createPassword,
  createUser,
  createVirtualDevice,
  deactivateDevice,
  enableDevice,
  listAccessKeys,
} from '../../io/iam-canary.ts';
import { listAttachedPolicies } from '../../io/iam-user.ts';
import { putInlinePolicy } from '../../io/iam-writes.ts';
import { getMfaSession } from '../../io/sts.ts';
import { deleteCanary } from './delete-canary.ts';
import { type CanaryCredentials, type ProveDeps, refuseInterrupted, until } from './prove-deps.ts';
import { stepOf, totpCode } from './totp.ts';

/** The stages, in their order. `report` stands in observe mode for what follows it up to `delete`. */
export type StageName =
  | 'create'
  | 'report'
  | 'lose-device'
  | 'block'
  | 'deny'
  | 'enrol'
  | 'unblock'
  | 'session'
  | 'delete';

/** What a stage has shown. */
export interface Proof {
  /** not-provable: the deployment, the organization or the emulator cannot show it. */
  readonly status: 'proven' | 'not-provable' | 'failed';
  readonly message: string;
}

/** A canary, as far as it was created. It has secrets: nothing of it but its name is printed. */
export interface Canary {
  readonly name: string;
  key?: AccessKey;
  device?: { readonly serial: string; readonly seed: string };
  /** The number of the last code that AWS was given: AWS takes each code once. */
  usedStep?: number;
}

export type Stage = (deps: ProveDeps, canary: Canary) => Promise<Proof>;

const proven = (message: string): Proof => ({ status: 'proven', message });
const failed = (message: string): Proof => ({ status: 'failed', message });
const notProvable = (message: string): Proof => ({ status: 'not-provable', message });

const within = ({ limitMs }: ProveDeps) => `within ${Math.round(limitMs / 1000)} s`;

/** The stages that a deployment can show: in observe mode it writes nothing to IAM. */
export function stagesOf({ settings }: Pick<ProveDeps, 'settings'>): StageName[] {
  return settings.mode === 'observe'
    ? ['create', 'report', 'delete']
    : [
        'create',
        // With GraceHours a new user has time to enrol, and one who lost a device has none.
        ...(settings.graceHours > 0 ? (['lose-device'] as const) : []),
        'block',
        'deny',
        'enrol',
        'unblock',
        'session',
        'delete',
      ];
}

export const stages: Readonly<Record<StageName, Stage>> = {
  create,
  report,
  'lose-device': loseDevice,
  block,
  deny,
  enrol,
  unblock,
  session,
  delete: remove,
};

async function create(deps: ProveDeps, canary: Canary): Promise<Proof> {
  const { iam, settings, partition } = deps;
  const { name } = canary;
  refuseInterrupted(deps);
  await createUser(iam, name, { path: CANARY_PATH, tag: CANARY_TAG });
  const policy = canaryPolicy(canaryArn(settings.account, partition, name));
  await afterPropagation(deps, () => putInlinePolicy(iam, name, CANARY_POLICY, policy));
  if (settings.scope === 'console-users') {
    await afterPropagation(deps, () => createPassword(iam, name, randomPassword()));
  }
  canary.key = await afterPropagation(deps, () => createAccessKey(iam, name));
  const password = settings.scope === 'console-users' ? ' and a password' : '';
  return proven(`${name}, with an access key${password}`);
}

/** A password that satisfies every password policy (IAM User Guide, "Custom password policy options"). */
const randomPassword = () => `${randomBytes(30).toString('base64url')}aA1!`;

/** Tries a call again while IAM does not know the new user everywhere. */
async function afterPropagation<T>(deps: ProveDeps, call: () => Promise<T>): Promise<T> {
  let last: unknown;
  const done = await until(deps, async () => {
    try {
      return { value: await call() };
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
      last = error;
      return null;
    }
  });
  if (done === null) throw last;
  return done.value;
}

async function report(deps: ProveDeps, { name }: Canary): Promise<Proof> {
  const { wasReported } = deps;
  if (wasReported === null) {
    return notProvable('the state table of the deployment cannot be read from this account');
  }
  const seen = await until(deps, async () => ((await wasReported(name)) ? true : null));
  return seen === null
    ? failed(`no message that ${name} would be blocked was sent ${within(deps)}`)
    : proven('the message that the user would be blocked was sent');
}

async function loseDevice(deps: ProveDeps, canary: Canary): Promise<Proof> {
  const enrolled = await enrol(deps, canary);
  const { name, device } = canary;
  if (enrolled.status !== 'proven' || device === undefined) return enrolled;
  await deactivateDevice(deps.iam, name, device.serial);
  const { graceHours } = deps.settings;
  return proven(
    `an MFA device was assigned and deactivated, since a new user has ${graceHours} hours`,
  );
}

async function isBlocked({ iam, settings }: ProveDeps, name: string): Promise<boolean | null> {
  const policies = await listAttachedPolicies(iam, name);
  return policies && methodsOf({ policies }, settings).length > 0;
}

async function block(deps: ProveDeps, { name }: Canary): Promise<Proof> {
  const policy = deps.settings.policyArn.split('/').at(-1);
  const blocked = await until(deps, async () => (await isBlocked(deps, name)) || null);
  return blocked === null
    ? failed(`the user was not blocked ${within(deps)}`)
    : proven(`${policy} is attached to the user`);
}

/** Makes the canary's call. @returns allowed, or what refused it; throws other errors */
async function call(
  deps: ProveDeps,
  { name, key }: Canary,
  credentials: CanaryCredentials,
): Promise<{ readonly answer: CallAnswer | 'allowed'; readonly message: string }> {
  try {
    const listed = await listAccessKeys(deps.as(credentials).iam, name);
    return listed.includes(key?.accessKeyId ?? '')
      ? { answer: 'allowed', message: 'AWS allowed iam:ListAccessKeys' }
      : { answer: 'unknown-credentials', message: 'IAM did not list the new access key' };
  } catch (error) {
    const answer = error instanceof Error ? answerOfRefusal(error) : 'other';
    if (answer === 'other') throw error;
    return { answer, message: (error as Error).message };
  }
}

async function deny(deps: ProveDeps, canary: Canary): Promise<Proof> {
  const key = keyOf(canary);
  let last = '';
  const shown = await until(deps, async () => {
    const { answer, message } = await call(deps, canary, key);
    last = message;
    if (answer === 'explicit-deny')
      return proven('AWS denied iam:ListAccessKeys to the access key');
    if (answer === 'denied-elsewhere') {
      return notProvable(`another policy denies the call, too, and hides the block: ${message}`);
    }
    return answer === 'allowed' && deps.isLoopback
      ? notProvable('this emulator enforces no policies, and allowed iam:ListAccessKeys')
      : null;
  });
  return (
    shown ??
    failed(`AWS did not deny iam:ListAccessKeys to the access key ${within(deps)}: ${last}`)
  );
}

function keyOf({ key }: Canary): AccessKey {
  if (key === undefined) throw new Error('no key');
  return key;
}

async function enrol(deps: ProveDeps, canary: Canary): Promise<Proof> {
  const { iam, now } = deps;
  const { name } = canary;
  const device =
    canary.device ?? (await createVirtualDevice(iam, name, { path: CANARY_PATH, tag: CANARY_TAG }));
  canary.device = device;
  let last = '';
  const enrolled = await until(deps, async () => {
    const step = stepOf(now());
    if (step <= (canary.usedStep ?? 0)) return null;
    canary.usedStep = step;
    // Two consecutive codes, of which the second is the current one (IAM API reference, EnableMFADevice).
    const codes = [totpCode(device.seed, step - 1), totpCode(device.seed, step)] as const;
    try {
      await enableDevice(iam, name, device.serial, codes);
      return true;
    } catch (error) {
      if (!(error instanceof Error) || !isTooEarly(error)) throw error;
      last = error.message;
      return null;
    }
  });
  return enrolled === null
    ? failed(`IAM did not take the codes of the device ${within(deps)}: ${last}. Check the clock`)
    : proven('a virtual MFA device, with two codes of RFC 6238');
}

/** IAM does not know the device everywhere, or its clock is at another code. */
const isTooEarly = ({ name }: Error) =>
  /^(InvalidAuthenticationCode|NoSuchEntity|EntityTemporarilyUnmodifiable)(Exception)?$/.test(name);

async function unblock(deps: ProveDeps, { name }: Canary): Promise<Proof> {
  if (deps.settings.unblock === 'never') {
    return notProvable('Unblock is never: the user stays blocked, and needs MFA in each session');
  }
  const unblocked = await until(deps, async () =>
    (await isBlocked(deps, name)) === false ? true : null,
  );
  return unblocked === null
    ? failed(`the user was not unblocked ${within(deps)}`)
    : proven('the policy is detached');
}

async function session(deps: ProveDeps, canary: Canary): Promise<Proof> {
  const { sts } = deps.as(keyOf(canary));
  const { device } = canary;
  if (device === undefined) throw new Error('no device');
  let last = '';
  const shown = await until(deps, async () => {
    const step = stepOf(deps.now());
    if (step <= (canary.usedStep ?? 0)) return null;
    canary.usedStep = step;
    try {
      const credentials = await getMfaSession(sts, device.serial, totpCode(device.seed, step));
      const { answer, message } = await call(deps, canary, credentials);
      last = message;
      return answer === 'allowed' ? true : null;
    } catch (error) {
      if (!(error instanceof Error) || answerOfRefusal(error) === 'other') throw error;
      last = error.message;
      return null;
    }
  });
  return shown === null
    ? failed(`the call was not allowed with MFA ${within(deps)}: ${last}`)
    : proven('AWS allowed iam:ListAccessKeys to a session with MFA');
}

async function remove(deps: ProveDeps, { name }: Canary): Promise<Proof> {
  await deleteCanary(deps, name);
  return proven('the user, its key and its device are gone');
}
