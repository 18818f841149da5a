import { webhookProblem } from '../../domain/notify/webhook.ts';
import { describeParameter, readParameter } from '../../io/ssm.ts';
import type { Deployment, DeploymentContext } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, isDenied, orWell, runCheck, unknown } from './run-check.ts';

/**
 * The parameter with Slack's webhook exists, is encrypted, and blocks one. The webhook is a secret: it is in no
 * finding. Who may not read it still sees whether it is there.
 */
export async function checkWebhook(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const name = facts.parameters.SlackWebhookParameter ?? '/mfa-enforcer/slack-webhook';
  const { ssm } = context.clients;
  const found: Finding[] = [];
  try {
    const parameter = await readParameter(ssm, name);
    found.push(...lookAtType(context, name, parameter?.type ?? null));
    if (parameter !== null) found.push(...lookAtValue(context, name, parameter.value));
  } catch (error) {
    // A disabled or deleted key (Parameter Store API reference, GetParameter).
    const keyIsLost = error instanceof Error && error.name === 'InvalidKeyId';
    if (!keyIsLost && !isDenied(error)) throw error;
    let key = 'its key';
    const type = await runCheck(context, 'webhook', async () => {
      const described = await describeParameter(ssm, name);
      key = described?.keyId ?? key;
      return lookAtType(context, name, described?.type ?? null);
    });
    found.push(keyIsLost ? lostKey(context, name, key) : unread(context, name, key, error));
    found.push(...type);
  }
  return orWell('webhook', found, `${name} is a SecureString and contains a Slack webhook`);
}

/** The doctor may not read the value, or may not decrypt it. */
function unread(context: DeploymentContext, name: string, key: string, error: unknown): Finding {
  const { message, fix, ...rest } = unknown(context, 'webhook', error);
  const isKey = message.includes('kms:Decrypt');
  const allow = `Allow kms:Decrypt on ${key} to ${context.caller}; the key’s policy must let notify-slack’s role decrypt, too.`;
  return {
    ...rest,
    message: `${message}: not seen whether ${name} contains a webhook`,
    fix: isKey ? allow : fix,
  };
}

function lostKey(context: DeploymentContext, name: string, key: string): Finding {
  const message = `${name} cannot be decrypted: ${key} is disabled or deleted`;
  return broken('webhook', message, ...store(context, name, ' --overwrite'));
}

/** From a file: on a command line it would stay in the shell's history (docs/slack.md). */
function store(context: DeploymentContext, name: string, how = ''): string[] {
  const rest = `put-parameter --type SecureString --name ${name}${how} --value file://webhook.txt`;
  return [
    'Store the webhook out of a file, so that no history keeps it (docs/slack.md):',
    aws(context, 'ssm', rest),
  ];
}

/** @param type null where there is no parameter */
function lookAtType(context: DeploymentContext, name: string, type: string | null): Finding[] {
  if (type === null) {
    const message = `there is no SSM parameter ${name}: Slack is told nothing`;
    return [broken('webhook', message, ...store(context, name))];
  }
  if (type === 'SecureString') return [];
  // put-parameter cannot change a parameter's type.
  return [
    broken(
      'webhook',
      `${name} is a ${type}: whoever may read parameters reads the webhook, which is a secret`,
      'Make another webhook in Slack:',
      aws(context, 'ssm', `delete-parameter --name ${name}`),
      ...store(context, name),
    ),
  ];
}

function lookAtValue(context: DeploymentContext, name: string, value: string): Finding[] {
  const problem = webhookProblem(value, context.allowLoopback);
  if (problem === null) return [];
  return [
    broken('webhook', `${name} contains ${problem}`, ...store(context, name, ' --overwrite')),
  ];
}
