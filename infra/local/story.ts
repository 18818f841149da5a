import { randomUUID } from 'node:crypto';
import {
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeactivateMFADeviceCommand,
  DetachUserPolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import type { LocalAws } from './local-aws.ts';
import { localClient } from './local-client.ts';
import { administrators, enrol, type Person, userHerself } from './people.ts';
import { isBlocked, loggedReviews, sweepNow, waitFor } from './watch.ts';

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

export type OnStep = (result: StepResult) => void;

interface Scene {
  readonly aws: LocalAws;
  /** A client of moto itself, for checks. */
  readonly looker: IAMClient;
  readonly alice: Person;
  readonly mallory: Person;
}

/**
 * Runs the scenario on a local AWS. Every step makes real calls over HTTP and reads its result from IAM.
 * @param onStep gets the result of each step when the step ends
 * @returns all results; a failed step has ok false and does not stop the scenario
 */
export async function playStory(aws: LocalAws, onStep: OnStep): Promise<StepResult[]> {
  const [alice, mallory] = await administrators(aws, ['alice', 'mallory']);
  if (!alice || !mallory) throw new Error('the administrators could not sign in');
  const scene: Scene = { aws, looker: localClient(IAMClient, aws.moto.endpoint), alice, mallory };
  const results: StepResult[] = [];
  for (const step of [
    userIsCreated,
    userGetsPassword,
    userEnrols,
    userDeactivates,
    serviceUserIsCreated,
    policyIsDetached,
    eventIsLost,
    sweepRunsAgain,
  ]) {
    const result = await step(scene);
    onStep(result);
    results.push(result);
  }
  scene.looker.destroy();
  return results;
}

async function userIsCreated(scene: Scene): Promise<StepResult> {
  await scene.alice.send(new CreateUserCommand({ UserName: 'dana', Path: '/staff/' }));
  return enforced(scene, 'alice creates the user dana', 'dana', true);
}

async function userGetsPassword(scene: Scene): Promise<StepResult> {
  await scene.alice.send(
    new CreateLoginProfileCommand({
      UserName: 'dana',
      Password: `A-${randomUUID()}`,
      PasswordResetRequired: true,
    }),
  );
  return leftAsIs(scene, 'alice gives dana a password', 'dana', 'CreateLoginProfile', true);
}

async function userEnrols(scene: Scene): Promise<StepResult> {
  const dana = await userHerself(scene.aws, 'dana');
  await enrol(dana, 'dana');
  const result = await enforced(scene, 'dana enrols her phone', 'dana', false);
  dana.destroy();
  return result;
}

async function userDeactivates(scene: Scene): Promise<StepResult> {
  await scene.alice.send(
    new DeactivateMFADeviceCommand({
      UserName: 'dana',
      SerialNumber: 'arn:aws:iam::123456789012:mfa/phone-of-dana',
    }),
  );
  return enforced(scene, 'alice deactivates dana’s lost phone', 'dana', true);
}

async function serviceUserIsCreated(scene: Scene): Promise<StepResult> {
  await scene.alice.send(
    new CreateUserCommand({
      UserName: 'backup-robot',
      Tags: [{ Key: 'userType', Value: 'Service' }],
    }),
  );
  return leftAsIs(
    scene,
    'alice creates the service user backup-robot',
    'backup-robot',
    'CreateUser',
    false,
  );
}

async function policyIsDetached(scene: Scene): Promise<StepResult> {
  const PolicyArn = scene.aws.stack.resources.get('ForceMfaPolicy');
  await scene.mallory.send(new DetachUserPolicyCommand({ UserName: 'dana', PolicyArn }));
  return enforced(scene, 'mallory detaches ForceMFA from dana by hand', 'dana', true);
}

async function eventIsLost(scene: Scene): Promise<StepResult> {
  const { aws, looker, alice } = scene;
  aws.trail.fate = ({ eventName }) => (eventName === 'CreateUser' ? 'lose' : 'deliver');
  await alice.send(new CreateUserCommand({ UserName: 'erin' }));
  aws.trail.fate = () => 'deliver';
  const title = 'alice creates erin, and the event is lost';
  if ((await waitFor(() => isBlocked(aws, looker, 'erin'), LOST_FOR_MS)) !== null) {
    return {
      title,
      ok: false,
      message: 'erin was blocked without an event',
      enforcedAfterMs: null,
    };
  }
  await sweepNow(aws, randomUUID());
  const found = await enforced(scene, title, 'erin', true);
  // The time counts from the sweep, so it is not the latency of an event.
  return {
    ...found,
    message: `not blocked until the sweep; after it ${found.message}`,
    enforcedAfterMs: null,
  };
}

async function sweepRunsAgain({ aws }: Scene): Promise<StepResult> {
  // Wait for the review of the enforcer's own last attach.
  await waitFor(
    () =>
      loggedReviews(aws).some(
        ({ user, cause }) => user === 'erin' && cause.eventName === 'AttachUserPolicy',
      ),
    WITHIN_MS,
  );
  // Wait for the Slack messages of the steps before.
  await waitFor(() => {
    const log = aws.functions.notifySlack.log();
    return log.includes('"sweep-finished/') && /user-blocked\/\d+\/erin\//.test(log);
  }, WITHIN_MS);
  const [writes, messages] = [aws.trail.records.length, aws.slack.messages.length];
  const [totals] = [...(await sweepNow(aws, randomUUID())).values()];
  await waitFor(
    () => aws.functions.notifySlack.log().split('nothing to post').length > 1,
    WITHIN_MS,
  );
  const wrote = aws.trail.records.length - writes;
  const posted = aws.slack.messages.length - messages;
  return {
    title: 'the sweep runs again',
    ok: wrote === 0 && posted === 0,
    message: `${totals?.users} users read, ${wrote} writes, ${posted} messages`,
    enforcedAfterMs: null,
  };
}

async function enforced(
  scene: Scene,
  title: string,
  user: string,
  blocked: boolean,
): Promise<StepResult> {
  const { aws, looker } = scene;
  const took = await waitFor(
    async () => (await isBlocked(aws, looker, user)) === blocked,
    WITHIN_MS,
  );
  const done = blocked ? 'blocked' : 'unblocked';
  if (took === null) {
    return {
      title,
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
    title,
    ok: true,
    message: `${user} is ${done}: ${reasons(ofStep())}`,
    enforcedAfterMs: took,
  };
}

async function leftAsIs(
  scene: Scene,
  title: string,
  user: string,
  eventName: string,
  blocked: boolean,
): Promise<StepResult> {
  const { aws, looker } = scene;
  const review = () =>
    loggedReviews(aws).find((one) => one.user === user && one.cause.eventName === eventName);
  await waitFor(() => review() !== undefined, WITHIN_MS);
  const seen = review();
  const ok = seen?.action === 'none' && (await isBlocked(aws, looker, user)) === blocked;
  const message = `${user} ${blocked ? 'stays blocked' : 'is not blocked'}: ${reasons(seen)}`;
  return { title, ok, message: seen ? message : `${user} was not reviewed`, enforcedAfterMs: null };
}

function reasons(
  review: { readonly reasons: readonly { readonly text: string }[] } | undefined,
): string {
  return review?.reasons.map(({ text }) => text).join(', ') ?? 'no reason logged';
}
