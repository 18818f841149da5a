import { readFile } from 'node:fs/promises';
import { webhookProblem } from '../domain/notify/webhook.ts';
import { describeParameter, putSecret } from '../io/ssm.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { aws, command } from '../pipeline/doctor/fixes.ts';
import { Refused, UsageError } from './terminal.ts';

/** @throws UsageError for a file without a webhook */
export async function readWebhook(
  { allowLoopback }: DeploymentContext,
  file: string | undefined,
): Promise<string | null> {
  if (file === undefined) return null;
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`Cannot read the webhook: ${error.message}`);
  });
  const problem = webhookProblem(text.trim(), allowLoopback);
  if (problem === null) return text.trim();
  throw new UsageError(`${file} contains ${problem}`);
}

/** @throws Refused where the parameter is not encrypted: Parameter Store cannot change its type */
export async function refuseReadableParameter(
  context: DeploymentContext,
  name: string,
): Promise<void> {
  const { type = 'SecureString' } = (await describeParameter(context.clients.ssm, name)) ?? {};
  if (type !== 'SecureString') {
    throw new Refused(
      `The SSM parameter ${name} is a ${type}, so anyone who may read parameters can read the webhook. Create a new webhook in Slack, delete this parameter and store the new webhook:`,
      aws(context, 'ssm', `delete-parameter --name ${name}`),
      command(context, 'deploy --webhook-file webhook.txt'),
    );
  }
}

/** Stores the webhook, under the KMS key of an earlier one. */
export async function storeWebhook(
  { clients: { ssm } }: DeploymentContext,
  name: string,
  webhook: string,
): Promise<void> {
  const { keyId = null } = (await describeParameter(ssm, name)) ?? {};
  await putSecret(ssm, name, webhook, keyId);
}
