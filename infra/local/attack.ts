import { randomUUID } from 'node:crypto';
import {
  AttachUserPolicyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DeleteLoginProfileCommand,
  DetachUserPolicyCommand,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  UpdateAccessKeyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import type { LocalAws } from './local-aws.ts';
import { enrol, userHerself } from './people.ts';
import { enforced, type Scene, type Shown, type Steps } from './story.ts';
import { sweepNow, waitFor } from './watch.ts';

const WITHIN_MS = 15_000;
const DENY_ALL = 'arn:aws:iam::aws:policy/AWSDenyAll';

/**
 * The scenario of `npm start -- --attack`: an attacker talks the help desk out of a password. The commands are those of the
 * alert, in its order.
 */
export const attack: Steps = [
  ['grace has an old user without MFA, and the sweep blocks her', oldUserIsBlocked],
  ['alice at the help desk resets grace’s password, for a caller who is mallory', passwordIsReset],
  ['mallory signs in as grace and enrols her own phone', attackerEnrols],
  ['the alert says what to ask, and how to stop it', alertIsPosted],
  ['alice runs the four commands of the alert', attackIsStopped],
  ['the real grace is there: alice runs the two commands that undo it', attackIsUndone],
  ['grace enrols her own phone', victimEnrols],
];

const PASSWORD = () => ({ UserName: 'grace', Password: `A-${randomUUID()}` });

async function oldUserIsBlocked(scene: Scene): Promise<Shown> {
  // She was there before the enforcer: no event says who created her.
  await scene.looker.send(new CreateUserCommand({ UserName: 'grace' }));
  await scene.looker.send(new CreateLoginProfileCommand(PASSWORD()));
  await sweepNow(scene.aws, randomUUID());
  return { ...(await enforced(scene, 'grace', true)), enforcedAfterMs: null };
}

async function passwordIsReset({ alice }: Scene): Promise<Shown> {
  await alice.send(new UpdateLoginProfileCommand(PASSWORD()));
  const message = 'remembered: who enrols a device after it may not be grace';
  return { ok: true, message, enforcedAfterMs: null };
}

async function attackerEnrols(scene: Scene): Promise<Shown> {
  await enrolAsGrace(scene, 'mallorys-phone');
  return enforced(scene, 'grace', false);
}

async function alertIsPosted({ aws }: Scene): Promise<Shown> {
  const took = await waitFor(() => alertOf(aws) !== undefined, WITHIN_MS);
  const message = alertOf(aws)?.text ?? 'no alert was posted';
  return { ok: took !== null, message, enforcedAfterMs: null };
}

/** The alert about the attacker's device, as Slack got it. */
export function alertOf({ slack }: LocalAws): SlackMessage | undefined {
  return slack.messages.find(({ text }) => text.startsWith('grace got a suspicious MFA device'));
}

async function attackIsStopped(scene: Scene): Promise<Shown> {
  const { alice, looker } = scene;
  const user = { UserName: 'grace' };
  await alice.send(new AttachUserPolicyCommand({ ...user, PolicyArn: DENY_ALL }));
  const { MFADevices = [] } = await looker.send(new ListMFADevicesCommand(user));
  for (const { SerialNumber } of MFADevices) {
    await alice.send(new DeactivateMFADeviceCommand({ ...user, SerialNumber }));
  }
  await alice.send(new DeleteLoginProfileCommand(user));
  const { AccessKeyMetadata = [] } = await looker.send(new ListAccessKeysCommand(user));
  for (const { AccessKeyId } of AccessKeyMetadata) {
    await alice.send(new UpdateAccessKeyCommand({ ...user, AccessKeyId, Status: 'Inactive' }));
  }
  const { ok, message, enforcedAfterMs } = await enforced(scene, 'grace', true);
  return {
    ok,
    message: `denied everything, without password and keys; ${message}`,
    enforcedAfterMs,
  };
}

async function attackIsUndone({ alice }: Scene): Promise<Shown> {
  const password = { ...PASSWORD(), PasswordResetRequired: true };
  await alice.send(new CreateLoginProfileCommand(password));
  await alice.send(new DetachUserPolicyCommand({ UserName: 'grace', PolicyArn: DENY_ALL }));
  return {
    ok: true,
    message: 'grace can sign in and enrol, and nothing else',
    enforcedAfterMs: null,
  };
}

async function victimEnrols(scene: Scene): Promise<Shown> {
  await enrolAsGrace(scene, 'graces-phone');
  const { ok, enforcedAfterMs } = await enforced(scene, 'grace', false);
  const message = 'grace is unblocked. The alert comes again, as alice has just set the password';
  return { ok, message, enforcedAfterMs };
}

async function enrolAsGrace({ aws }: Scene, device: string): Promise<void> {
  const session = await userHerself(aws, 'grace');
  await enrol(session, 'grace', device);
  session.destroy();
}
