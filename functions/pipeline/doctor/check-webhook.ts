import { webhookProblem } from '../../domain/notify/webhook.ts';
import { describeParameter, readParameter } from '../../io/ssm.ts';
import type { Deployment, Patient } from './deployment-context.ts';
import { aws } from './fixes.ts';
import { broken, type Finding, isDenied, notSeen, orWell, seeing } from './run-check.ts';

/**
 * The parameter with Slack's webhook exists, is encrypted, and blocks one. The webhook is a secret: it is in no
 * finding. Who may not read it still sees whether it is there.
 */
export async function checkWebhook(patient: Patient, { facts }: Deployment): Promise<Finding[]> {
  const name = facts.parameters.SlackWebhookParameter ?? '/mfa-enforcer/slack-webhook';
  const { ssm } = patient.clients;
  const found: Finding[] = [];
  try {
    const parameter = await readParameter(ssm, name);
    found.push(...lookAtType(patient, name, parameter?.type ?? null));
    if (parameter !== null) found.push(...lookAtValue(patient, name, parameter.value));
  } catch (error) {
    // A disabled or deleted key (Parameter Store API reference, GetParameter).
    const keyIsLost = error instanceof Error && error.name === 'InvalidKeyId';
    if (!keyIsLost && !isDenied(error)) throw error;
    let key = 'its key';
    const type = await seeing(patient, 'webhook', async () => {
      const described = await describeParameter(ssm, name);
      key = described?.keyId ?? key;
      return lookAtType(patient, name, described?.type ?? null);
    });
    found.push(keyIsLost ? lostKey(patient, name, key) : unread(patient, name, key, error));
    found.push(...type);
  }
  return orWell('webhook', found, `${name} is a SecureString and contains a Slack webhook`);
}

/** The doctor may not read the value, or may not decrypt it. */
function unread(patient: Patient, name: string, key: string, error: unknown): Finding {
  const { said, fix, ...rest } = notSeen(patient, 'webhook', error);
  const isKey = said.includes('kms:Decrypt');
  const allow = `Allow kms:Decrypt on ${key} to ${patient.caller}; the key’s policy must let notify-slack’s role decrypt, too.`;
  return {
    ...rest,
    said: `${said}: not seen whether ${name} contains a webhook`,
    fix: isKey ? allow : fix,
  };
}

function lostKey(patient: Patient, name: string, key: string): Finding {
  const said = `${name} cannot be decrypted: ${key} is disabled or deleted`;
  return broken('webhook', said, ...store(patient, name, ' --overwrite'));
}

/** From a file: on a command line it would stay in the shell's history (docs/slack.md). */
function store(patient: Patient, name: string, how = ''): string[] {
  const rest = `put-parameter --type SecureString --name ${name}${how} --value file://webhook.txt`;
  return [
    'Store the webhook out of a file, so that no history keeps it (docs/slack.md):',
    aws(patient, 'ssm', rest),
  ];
}

/** @param type null where there is no parameter */
function lookAtType(patient: Patient, name: string, type: string | null): Finding[] {
  if (type === null) {
    const said = `there is no SSM parameter ${name}: Slack is told nothing`;
    return [broken('webhook', said, ...store(patient, name))];
  }
  if (type === 'SecureString') return [];
  // put-parameter cannot change a parameter's type.
  return [
    broken(
      'webhook',
      `${name} is a ${type}: whoever may read parameters reads the webhook, which is a secret`,
      'Make another webhook in Slack:',
      aws(patient, 'ssm', `delete-parameter --name ${name}`),
      ...store(patient, name),
    ),
  ];
}

function lookAtValue(patient: Patient, name: string, value: string): Finding[] {
  const problem = webhookProblem(value, patient.allowLoopback);
  if (problem === null) return [];
  return [
    broken('webhook', `${name} contains ${problem}`, ...store(patient, name, ' --overwrite')),
  ];
}
