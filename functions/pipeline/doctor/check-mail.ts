import { getMailAccount, getMailIdentity } from '../../io/ses.ts';
import { readParameter } from '../../io/ssm.ts';
import { parseMailText } from '../../render/mail/mail-text.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  runCheck,
} from './check.ts';
import { aws, command } from './fixes.ts';

/** Checks that SES sends from the deployment's sender, and to any address, and that the company's own text is valid. */
export async function checkMail(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const { NotifyUsers, NotifyFrom = '', NotifyTextParameter = '' } = facts.parameters;
  if (NotifyUsers !== 'email') {
    return orWell('mail', [], 'users get no mails: NotifyUsers is no');
  }
  const found = await Promise.all([
    runCheck(context, 'mail', () => checkSender(context, NotifyFrom)),
    runCheck(context, 'mail', () => checkAccount(context)),
    runCheck(context, 'mail', () => checkText(context, NotifyTextParameter)),
  ]);
  return orWell('mail', found.flat(), `SES sends mails from ${NotifyFrom} to any address`);
}

/** SES takes the identity of the address, else that of its domain (SES Developer Guide, "Verified identities"). */
async function checkSender(context: DeploymentContext, from: string): Promise<Finding[]> {
  const { ses } = context.clients;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const identity = (await getMailIdentity(ses, from)) === null ? domain : from;
  const found = await getMailIdentity(ses, identity);
  if (found === null) {
    return [
      broken(
        'mail',
        `SES has no identity for ${from}, so no mail is sent`,
        'Verify its domain, or the address alone (docs/mail.md):',
        aws(context, 'sesv2', `create-email-identity --email-identity ${domain}`),
      ),
    ];
  }
  if (found.isVerified) return [];
  return [
    broken(
      'mail',
      `SES has not verified ${identity}, so no mail is sent`,
      'Publish the DNS records that this shows, or follow the link that SES sent to the address:',
      aws(context, 'sesv2', `get-email-identity --email-identity ${identity}`),
    ),
  ];
}

async function checkAccount(context: DeploymentContext): Promise<Finding[]> {
  const { isSending, isSandbox } = await getMailAccount(context.clients.ses);
  if (!isSending) {
    return [
      broken(
        'mail',
        'SES has paused the sending of the account, so no mail is sent',
        'Find the cause in the SES console (account dashboard), or switch sending on:',
        aws(context, 'sesv2', 'put-account-sending-attributes --sending-enabled'),
      ),
    ];
  }
  if (!isSandbox) return [];
  return [
    broken(
      'mail',
      'the account is in SES’s sandbox, so only verified addresses get mails',
      'Request production access in the SES console (docs/mail.md).',
    ),
  ];
}

/** Without the parameter the mails have the release's text. */
async function checkText(context: DeploymentContext, name: string): Promise<Finding[]> {
  const parameter = await readParameter(context.clients.ssm, name);
  if (parameter === null) return [];
  try {
    parseMailText(parameter.value);
    return [];
  } catch (error) {
    return [
      broken(
        'mail',
        `the text in ${name} is invalid, so mails have the release’s text: ${(error as Error).message}`,
        'Correct the text and store it again:',
        command(context, 'deploy --mail-text-file mail-text.md'),
      ),
    ];
  }
}
