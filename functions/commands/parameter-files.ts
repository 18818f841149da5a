import { readFile } from 'node:fs/promises';
import { shellQuoted } from '../domain/deployment/shell-quoted.ts';
import { webhookProblem } from '../domain/notify/webhook.ts';
import { describeParameter, putSecret, putText } from '../io/ssm.ts';
import type { DeploymentContext } from '../pipeline/doctor/check.ts';
import { aws, command } from '../pipeline/doctor/fixes.ts';
import { type MailText, parseMailText } from '../render/mail/mail-text.ts';
import { Refused, UsageError } from './terminal.ts';

/** A file whose content deploy stores in an SSM parameter. */
export interface ParameterFile {
  readonly file: string;
  readonly what: 'webhook' | 'mail text';
  /** The parameter of the template that names the SSM parameter. */
  readonly parameter: 'SlackWebhookParameter' | 'NotifyTextParameter';
  /** @throws Refused where the SSM parameter has another type: Parameter Store cannot change it */
  readonly refuseOtherType: (context: DeploymentContext, name: string) => Promise<void>;
  /** Stores the content. */
  readonly store: (context: DeploymentContext, name: string) => Promise<void>;
}

/**
 * The files that the options name, read and checked.
 * @throws UsageError for a file without a webhook, or with a text that makes no mails
 */
export async function readParameterFiles(
  context: DeploymentContext,
  { webhookFile, mailTextFile }: { readonly webhookFile?: string; readonly mailTextFile?: string },
): Promise<readonly ParameterFile[]> {
  return [
    ...(webhookFile === undefined ? [] : [await webhookIn(context, webhookFile)]),
    ...(mailTextFile === undefined ? [] : [await mailTextIn(mailTextFile)]),
  ];
}

async function webhookIn(
  { allowLoopback }: DeploymentContext,
  file: string,
): Promise<ParameterFile> {
  const webhook = (await contentOf(file, 'webhook')).trim();
  const problem = webhookProblem(webhook, allowLoopback);
  if (problem !== null) throw new UsageError(`${file} contains ${problem}`);
  return {
    file,
    what: 'webhook',
    parameter: 'SlackWebhookParameter',
    async refuseOtherType(context, name) {
      const { type = 'SecureString' } = (await describeParameter(context.clients.ssm, name)) ?? {};
      if (type === 'SecureString') return;
      throw new Refused(
        `The SSM parameter ${name} is a ${type}, so anyone who may read parameters can read the webhook. Create a new webhook in Slack, delete this parameter and store the new webhook:`,
        aws(context, 'ssm', `delete-parameter --name ${name}`),
        command(context, 'deploy --webhook-file webhook.txt'),
      );
    },
    /** Under the KMS key of an earlier one. */
    async store({ clients: { ssm } }, name) {
      const { keyId = null } = (await describeParameter(ssm, name)) ?? {};
      await putSecret(ssm, name, webhook, keyId);
    },
  };
}

/**
 * A file with a text of the mails.
 * @returns the content of the file, and what parseMailText has read in it
 * @throws UsageError for a file that makes no mails
 */
export async function readMailText(file: string): Promise<{ text: string; parsed: MailText }> {
  const text = await contentOf(file, 'mail text');
  try {
    return { text, parsed: parseMailText(text) };
  } catch (error) {
    throw new UsageError(`${file} is no text of the mails. ${(error as Error).message}`);
  }
}

async function mailTextIn(file: string): Promise<ParameterFile> {
  const { text } = await readMailText(file);
  return {
    file,
    what: 'mail text',
    parameter: 'NotifyTextParameter',
    async refuseOtherType(context, name) {
      const { type = 'String' } = (await describeParameter(context.clients.ssm, name)) ?? {};
      if (type === 'String') return;
      throw new Refused(
        `The SSM parameter ${name} is a ${type}, and the mail text must be a String. Delete the parameter and store the text again:`,
        aws(context, 'ssm', `delete-parameter --name ${name}`),
        command(context, `deploy --mail-text-file ${shellQuoted(file)}`),
      );
    },
    async store({ clients: { ssm } }, name) {
      await putText(ssm, name, text);
    },
  };
}

async function contentOf(file: string, what: ParameterFile['what']): Promise<string> {
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`Cannot read the ${what}: ${error.message}`);
  });
}
