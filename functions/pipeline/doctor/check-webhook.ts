import { webhookProblem } from '../../domain/notify/webhook.ts';
import { describeParameter, readParameter } from '../../io/ssm.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  isDenied,
  orWell,
  runCheck,
  unknown,
} from './check.ts';
import { aws } from './fixes.ts';

/**
 * Checks that the parameter of Slack's webhook exists, is encrypted and contains a webhook. The webhook is a secret, so
 * no finding contains it. A caller who may not read the value still learns whether the parameter exists.
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
    found.push(...checkType(context, name, parameter?.type ?? null));
    if (parameter !== null) found.push(...checkValue(context, name, parameter.value));
  } catch (error) {
    // The KMS key is disabled or deleted (Parameter Store API reference, GetParameter).
    const keyIsLost = error instanceof Error && error.name === 'InvalidKeyId';
    if (!keyIsLost && !isDenied(error)) throw error;
    let key = 'its key';
    const type = await runCheck(context, 'webhook', async () => {
      const described = await describeParameter(ssm, name);
      key = described?.keyId ?? key;
      return checkType(context, name, described?.type ?? null);
    });
    found.push(keyIsLost ? lostKey(context, name, key) : unread(context, name, key, error));
    found.push(...type);
  }
  return orWell('webhook', found, `${name} is a SecureString and contains a Slack webhook`);
}

/** The finding for a caller who may not read or decrypt the value. */
function unread(context: DeploymentContext, name: string, key: string, error: unknown): Finding {
  const { message, fix, ...rest } = unknown(context, 'webhook', error);
  const isKey = message.includes('kms:Decrypt');
  const allow = `Allow kms:Decrypt on ${key} to ${context.caller}. The key’s policy must also allow it to notify-slack’s role.`;
  return {
    ...rest,
    message: `${message}, so the value of ${name} was not checked`,
    fix: isKey ? allow : fix,
  };
}

function lostKey(context: DeploymentContext, name: string, key: string): Finding {
  const message = `${name} cannot be decrypted: ${key} is disabled or deleted`;
  return broken('webhook', message, ...store(context, name, ' --overwrite'));
}

/** Stores the webhook from a file: a command line stays in the shell's history (docs/slack.md). */
function store(context: DeploymentContext, name: string, how = ''): string[] {
  const rest = `put-parameter --type SecureString --name ${name}${how} --value file://webhook.txt`;
  return [
    'Store the webhook from a file, so that it is not in the shell’s history (docs/slack.md):',
    aws(context, 'ssm', rest),
  ];
}

/** @param type null if there is no parameter */
function checkType(context: DeploymentContext, name: string, type: string | null): Finding[] {
  if (type === null) {
    const message = `there is no SSM parameter ${name}, so Slack gets no messages`;
    return [broken('webhook', message, ...store(context, name))];
  }
  if (type === 'SecureString') return [];
  // put-parameter cannot change the type of a parameter, so it is deleted first.
  return [
    broken(
      'webhook',
      `${name} is a ${type}, so anyone who may read parameters can read the webhook, which is a secret`,
      'Create a new webhook in Slack, delete this parameter and store the new webhook:',
      aws(context, 'ssm', `delete-parameter --name ${name}`),
      ...store(context, name),
    ),
  ];
}

function checkValue(context: DeploymentContext, name: string, value: string): Finding[] {
  const problem = webhookProblem(value, context.allowLoopback);
  if (problem === null) return [];
  return [
    broken('webhook', `${name} contains ${problem}`, ...store(context, name, ' --overwrite')),
  ];
}
