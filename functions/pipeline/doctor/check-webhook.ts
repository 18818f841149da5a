import { checkWebhook as parseWebhook } from '../../domain/webhook.ts';
import { describeParameter } from '../../io/ssm/describe-parameter.ts';
import { readParameter } from '../../io/ssm/read-parameter.ts';
import { broken, type Finding, orWell } from './finding.ts';
import { aws } from './mend.ts';
import type { Deployment, Patient } from './patient.ts';
import { isDenied, notSeen, seeing } from './seeing.ts';

/**
 * The parameter with Slack's webhook exists, is encrypted, and holds one. The webhook is a secret: it is in no
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
    if (!isDenied(error)) throw error;
    const { said, ...unread } = notSeen(patient, 'webhook', error);
    found.push({ ...unread, said: `${said}: not seen whether ${name} holds a webhook` });
    const type = await seeing(patient, 'webhook', async () =>
      lookAtType(patient, name, (await describeParameter(ssm, name))?.type ?? null),
    );
    found.push(...type);
  }
  return orWell('webhook', found, `${name} is a SecureString and holds a Slack webhook`);
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
  try {
    parseWebhook(value, patient.allowLoopback);
    return [];
  } catch {
    const said = `${name} holds no Slack webhook: it must begin with https://hooks.slack.com/`;
    return [broken('webhook', said, ...store(patient, name, ' --overwrite'))];
  }
}
