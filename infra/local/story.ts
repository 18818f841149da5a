import { randomUUID } from 'node:crypto';
import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DetachUserPolicyCommand,
  GenerateCredentialReportCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import type { LocalAws } from './local-aws.ts';
import { localClient } from './local-client.ts';
import { administrators, enrol, type Person, userHerself } from './people.ts';
import { isBlocked, loggedReviews, notifiedOutcomes, sweepNow, waitFor } from './watch.ts';

const WITHIN_MS = 15_000;
const LOST_FOR_MS = 1_500;

/** The result of one step of the scenario. */
export interface StepResult {
  readonly title: string;
  readonly ok: boolean;
  /** A description of the result. */
  readonly message: string;
  /** Time from the return of the call to the visible block or unblock, in ms; null for a step without one. */
  readonly enforcedAfterMs: number | null;
}

/** What a step has shown. */
export type Shown = Omit<StepResult, 'title'>;

export interface Scene {
  readonly aws: LocalAws;
  /** A client of moto itself, for checks. */
  readonly looker: IAMClient;
  readonly alice: Person;
  readonly mallory: Person;
}

/** What a scenario consists of, in order. */
export type Steps = readonly (readonly [title: string, play: (scene: Scene) => Promise<Shown>])[];

/** The scenario of `npm start`. */
export const everyday: Steps = [
  ['alice creates the user dana', userIsCreated],
  ['dana gets a mail', mailArrives],
  ['alice gives dana a password', userGetsPassword],
  ['dana enrols her phone', userEnrols],
  ['alice deactivates dana’s lost phone', userDeactivates],
  ['alice creates the service user backup-robot', serviceUserIsCreated],
  ['mallory detaches ForceMFA from dana by hand', policyIsDetached],
  ['alice creates erin, and the event is lost', eventIsLost],
  ['the sweep runs again', sweepRunsAgain],
];

/**
 * Runs a scenario on a local AWS. Every step makes real calls over HTTP and reads its result from IAM.
 * @param show plays a step and shows its result
 * @returns all results; a failed step has ok false and does not stop the scenario
 */
export async function playStory(
  aws: LocalAws,
  steps: Steps,
  show: (title: string, play: () => Promise<StepResult>) => Promise<StepResult>,
): Promise<StepResult[]> {
  const [alice, mallory] = await administrators(aws, ['alice', 'mallory']);
  if (!alice || !mallory) throw new Error('the administrators could not sign in');
  const scene: Scene = { aws, looker: localClient(IAMClient, aws.moto.endpoint), alice, mallory };
  // IAM makes an account's first credential report in a few seconds, for which a sweep waits.
  await scene.looker.send(new GenerateCredentialReportCommand({}));
  const results: StepResult[] = [];
  for (const [title, play] of steps) {
    results.push(await show(title, async () => ({ title, ...(await play(scene)) })));
  }
  scene.looker.destroy();
  return results;
}

async function userIsCreated(scene: Scene): Promise<Shown> {
  await scene.alice.send(
    new CreateUserCommand({
      UserName: 'dana',
      Path: '/staff/',
      Tags: [{ Key: 'email', Value: MAILBOX }],
    }),
  );
  return enforced(scene, 'dana', true);
}

/** dana's mailbox. */
const MAILBOX = 'dana@example.com';

/** The mails to dana, oldest first. */
export function mailsToDana({ trail }: LocalAws) {
  return trail.mails.filter(({ to }) => to.includes(MAILBOX));
}

async function mailArrives({ aws }: Scene): Promise<Shown> {
  await waitFor(() => mailsToDana(aws).length > 0, WITHIN_MS);
  const [mail] = mailsToDana(aws);
  const message = mail ? `“${mail.subject}”` : `no mail within ${WITHIN_MS / 1000} s`;
  return { ok: mail !== undefined, message, enforcedAfterMs: null };
}

async function userGetsPassword(scene: Scene): Promise<Shown> {
  await scene.alice.send(
    new CreateLoginProfileCommand({
      UserName: 'dana',
      Password: `A-${randomUUID()}`,
      PasswordResetRequired: true,
    }),
  );
  return leftAsIs(scene, 'dana', 'CreateLoginProfile', true);
}

async function userEnrols(scene: Scene): Promise<Shown> {
  const dana = await userHerself(scene.aws, 'dana');
  await enrol(dana, 'dana');
  const result = await enforced(scene, 'dana', false);
  dana.destroy();
  return result;
}

async function userDeactivates(scene: Scene): Promise<Shown> {
  await scene.alice.send(
    new DeactivateMFADeviceCommand({
      UserName: 'dana',
      SerialNumber: 'arn:aws:iam::123456789012:mfa/phone-of-dana',
    }),
  );
  return enforced(scene, 'dana', true);
}

async function serviceUserIsCreated(scene: Scene): Promise<Shown> {
  await scene.alice.send(
    new CreateUserCommand({
      UserName: 'backup-robot',
      Tags: [{ Key: 'userType', Value: 'Service' }],
    }),
  );
  return leftAsIs(scene, 'backup-robot', 'CreateUser', false);
}

async function policyIsDetached(scene: Scene): Promise<Shown> {
  const PolicyArn = scene.aws.stack.resources.get('ForceMfaPolicy');
  await scene.mallory.send(new DetachUserPolicyCommand({ UserName: 'dana', PolicyArn }));
  return enforced(scene, 'dana', true);
}

async function eventIsLost(scene: Scene): Promise<Shown> {
  const { aws, looker, alice } = scene;
  aws.trail.fate = ({ eventName }) => (eventName === 'CreateUser' ? 'lose' : 'deliver');
  await alice.send(new CreateUserCommand({ UserName: 'erin' }));
  aws.trail.fate = () => 'deliver';
  if ((await waitFor(() => isBlocked(aws, looker, 'erin'), LOST_FOR_MS)) !== null) {
    return { ok: false, message: 'erin was blocked without an event', enforcedAfterMs: null };
  }
  await sweepNow(aws, randomUUID());
  const found = await enforced(scene, 'erin', true);
  // The time counts from the sweep, so it is not the latency of an event.
  return {
    ...found,
    message: `not blocked until the sweep; after it ${found.message}`,
    enforcedAfterMs: null,
  };
}

async function sweepRunsAgain({ aws }: Scene): Promise<Shown> {
  // The probe of the event path is the one write of a sweep that changes nothing.
  const writes = () =>
    aws.trail.records.filter(({ eventName }) => eventName !== 'TagPolicy').length;
  const before = writes();
  const sweepId = randomUUID();
  const [totals] = [...(await sweepNow(aws, sweepId)).values()];
  const outcomes = () => notifiedOutcomes(aws);
  // Its own outcome comes after those of the steps before.
  await waitFor(
    () =>
      outcomes().some(({ id }) => id.endsWith(`/${sweepId}`)) &&
      outcomes().some(({ id }) => /^user-blocked\/\d+\/erin\//.test(id)),
    WITHIN_MS,
  );
  const wrote = writes() - before;
  const ofSweep = outcomes().filter(({ id }) => id.endsWith(`/${sweepId}`));
  const posted = ofSweep.filter((one) => one.posted).length;
  return {
    ok: ofSweep.length > 0 && wrote === 0 && posted === 0,
    message: `${totals?.users} users read, ${wrote} changes, ${posted} messages`,
    enforcedAfterMs: null,
  };
}

/** Waits until a user is blocked or unblocked. */
export async function enforced(scene: Scene, user: string, blocked: boolean): Promise<Shown> {
  const { aws, looker } = scene;
  const took = await waitFor(
    async () => (await isBlocked(aws, looker, user)) === blocked,
    WITHIN_MS,
  );
  const done = blocked ? 'blocked' : 'unblocked';
  if (took === null) {
    return {
      ok: false,
      message: `${user} was not ${done} within ${WITHIN_MS / 1000} s`,
      enforcedAfterMs: null,
    };
  }
  const action = blocked ? 'block' : 'unblock';
  const ofStep = () =>
    loggedReviews(aws).findLast((one) => one.user === user && one.action === action);
  await waitFor(() => ofStep() !== undefined, WITHIN_MS);
  return {
    ok: true,
    message: `${user} is ${done}: ${reasons(ofStep())}`,
    enforcedAfterMs: took,
  };
}

async function leftAsIs(
  scene: Scene,
  user: string,
  eventName: string,
  blocked: boolean,
): Promise<Shown> {
  const { aws, looker } = scene;
  const review = () =>
    loggedReviews(aws).find((one) => one.user === user && one.cause.eventName === eventName);
  await waitFor(() => review() !== undefined, WITHIN_MS);
  const seen = review();
  const ok = seen?.action === 'none' && (await isBlocked(aws, looker, user)) === blocked;
  const message = `${user} ${blocked ? 'stays blocked' : 'is not blocked'}: ${reasons(seen)}`;
  return { ok, message: seen ? message : `${user} was not reviewed`, enforcedAfterMs: null };
}

function reasons(
  review: { readonly reasons: readonly { readonly text: string }[] } | undefined,
): string {
  return review?.reasons.map(({ text }) => text).join(', ') ?? 'no reason logged';
}
