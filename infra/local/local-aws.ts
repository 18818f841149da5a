import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { deployedStack, deployPackage, type Stack } from './deploy.ts';
import { type EventSource, startEventSource } from './event-source.ts';
import { fillGaps } from './gaps.ts';
import { type LocalFunction, startFunction } from './lambda.ts';
import { localClient } from './local-client.ts';
import { type Moto, startMoto } from './moto.ts';
import { createOrganization, deploySpoke, type LocalOrganization } from './organization.ts';
import { createDenyGroup } from './quirks.ts';
import { type LocalSlack, startSlack } from './slack.ts';
import { startTrail, type Trail } from './trail.ts';

/** The packaged stack on a local AWS: moto, and the parts that moto lacks. */
export interface LocalAws {
  readonly moto: Moto;
  readonly trail: Trail;
  readonly slack: LocalSlack;
  readonly stack: Stack;
  /** The organization, if the local run manages several accounts. */
  readonly organization: LocalOrganization | null;
  readonly functions: {
    readonly onIamChange: LocalFunction;
    readonly nightlySweep: LocalFunction;
    readonly notifySlack: LocalFunction;
    readonly notifyUser: LocalFunction;
  };
  stop(): Promise<void>;
}

/** The endpoint that functions use in place of AWS. */
interface Between {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface LocalAwsOptions {
  /** Parameters of the template that are not the defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /**
   * The other accounts of the organization, by name: the parameters of the account's spoke, or null for an account
   * without a spoke.
   */
  readonly accounts?: Readonly<Record<string, Readonly<Record<string, string>> | null>>;
  /** Whether AWS's own managed policies exist. */
  readonly awsPolicies?: boolean;
  /** Deploys the release in place of the local run. @param endpoint moto */
  readonly deploy?: (endpoint: string) => Promise<void>;
  /** The time until a failed message is delivered again, in seconds. */
  readonly retrySeconds?: number;
  /** Puts a proxy between the functions and AWS. @param endpoint the endpoint behind it */
  readonly between?: (endpoint: string) => Promise<Between>;
  /** Called when the emulator has started, before the deployment. */
  readonly prepare?: () => Promise<void>;
  /** Does a step of the start, and may show it. */
  readonly step?: Step;
}

/**
 * Does a step of the start.
 * @param what a word for it
 * @param doing says what is done
 * @param detail says what was made
 */
type Step = <T>(
  what: string,
  doing: string,
  detail: (made: T) => string,
  make: () => Promise<T>,
) => Promise<T>;

const silently: Step = (_what, _doing, _detail, make) => make();

/**
 * Starts everything on loopback.
 * @throws NoEmulator if moto cannot be found or installed
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const one of started.splice(0).reverse()) await one.stop();
  };
  const keep = <T extends { stop(): Promise<void> }>(one: T): T => {
    started.push(one);
    return one;
  };
  const step = options.step ?? silently;
  try {
    const moto = keep(
      await step(
        'AWS',
        'starting moto, which may have to be fetched first',
        ({ how, endpoint }) => `${how}, at ${endpoint}`,
        () => startMoto(undefined, options.awsPolicies),
      ),
    );
    await options.prepare?.();
    const accounts = options.accounts ?? {};
    const organization = options.accounts
      ? await createOrganization(moto.endpoint, Object.keys(accounts))
      : null;
    const stack = await step(
      'stack',
      'deploying the packaged template',
      ({ name, resources }) => `${name}: the packaged template, ${resources.size} resources`,
      async () => {
        const parameters = {
          Mode: 'enforce',
          // auto is half of the users, which is too few in an account with four users.
          BlockLimit: '10',
          ...options.parameters,
          ...(organization ? { OrganizationId: organization.id } : {}),
        };
        await (options.deploy?.(moto.endpoint) ?? deployPackage(moto.endpoint, parameters));
        const deployed = await deployedStack(moto.endpoint);
        for (const [name, parameters] of Object.entries(accounts)) {
          const account = organization?.accounts.get(name);
          if (!organization || !account || parameters === null) continue;
          await deploySpoke(moto.endpoint, organization, deployed, account, parameters);
        }
        await fillGaps(moto.endpoint, deployed.name);
        await createDenyGroup(moto.endpoint, policyNameOf(deployed));
        return deployed;
      },
    );
    const trail = keep(
      await step(
        'trail',
        'starting the trail',
        ({ endpoint }) => `CloudTrail’s events, for calls to ${endpoint}`,
        () => startTrail(moto.endpoint),
      ),
    );
    const slack = keep(
      await step(
        'Slack',
        'starting Slack’s webhook',
        () => 'an incoming webhook, kept in SSM Parameter Store',
        startSlack,
      ),
    );
    await storeWebhook(moto.endpoint, slack.webhook, options.parameters?.SlackWebhookParameter);
    const { NotifyFrom } = options.parameters ?? {};
    if (NotifyFrom !== undefined) await verifySender(moto.endpoint, NotifyFrom);

    const seen = options.between ? keep(await options.between(trail.endpoint)) : trail;
    const functions = await step(
      'Lambda',
      'starting the functions',
      () => 'the packaged functions, each under its own role',
      async () => {
        const start = async (logicalId: string) => {
          const name = stack.resources.get(logicalId);
          const deployed = stack.functions.find((one) => one.name === name);
          if (!deployed) throw new Error(`the template has no function ${logicalId}`);
          return {
            deployed,
            running: keep(await startFunction(moto.endpoint, seen.endpoint, deployed)),
          };
        };
        const [onIamChange, nightlySweep, notifySlack, notifyUser] = await Promise.all(
          [
            'OnIamChangeLambdaFunction',
            'NightlySweepLambdaFunction',
            'NotifySlackLambdaFunction',
            'NotifyUserLambdaFunction',
          ].map(start),
        );
        if (!onIamChange || !nightlySweep || !notifySlack || !notifyUser) {
          throw new Error('a function is missing');
        }
        const { endpoint } = moto;
        const sources: Promise<EventSource>[] = [
          startEventSource(
            endpoint,
            onIamChange.deployed.name,
            onIamChange.running,
            options.retrySeconds ?? 1,
            trail.eventSources,
            trail.senderOf,
          ),
          startEventSource(
            endpoint,
            nightlySweep.deployed.name,
            nightlySweep.running,
            options.retrySeconds ?? 1,
            trail.eventSources,
          ),
          startEventSource(
            endpoint,
            notifySlack.deployed.name,
            notifySlack.running,
            null,
            trail.eventSources,
          ),
          startEventSource(
            endpoint,
            notifyUser.deployed.name,
            notifyUser.running,
            null,
            trail.eventSources,
          ),
        ];
        for (const source of sources) keep(await source);
        for (const { deployed, running } of [onIamChange, nightlySweep, notifySlack, notifyUser]) {
          trail.functions.set(deployed.name, running);
        }
        return {
          onIamChange: onIamChange.running,
          nightlySweep: nightlySweep.running,
          notifySlack: notifySlack.running,
          notifyUser: notifyUser.running,
        };
      },
    );
    return { moto, trail, slack, stack, organization, functions, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function policyNameOf({ resources }: Stack): string {
  return resources.get('ForceMfaPolicy')?.split('/').at(-1) ?? '';
}

/** SES sends from verified identities only. */
async function verifySender(endpoint: string, sender: string): Promise<void> {
  const ses = localClient(SESv2Client, endpoint);
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: sender }));
  ses.destroy();
}

async function storeWebhook(
  endpoint: string,
  webhook: string,
  name = '/mfa-enforcer/slack-webhook',
) {
  const ssm = localClient(SSMClient, endpoint);
  await ssm.send(
    new PutParameterCommand({ Name: name, Type: 'SecureString', Value: webhook, Overwrite: true }),
  );
  ssm.destroy();
}
