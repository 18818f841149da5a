import { createHash } from 'node:crypto';
import type { Mail } from '../../functions/render/mail/mail.ts';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import { version } from '../../functions/runtime/version.ts';
import { type Ran, run } from '../fakes/command.ts';
import { IamServer } from '../fakes/iam-server.ts';
import { slackHtml } from './slack-html.ts';

/** The hashes of what the screenshots were taken from. */
export const HASHES_FILE = 'docs/pictures/taken-from.json';

/** When the outputs are made. */
const NOW = new Date('2026-11-22T08:00:00Z');

/** A picture that a browser takes of an output. */
export interface Screen {
  readonly file: string;
  readonly html: string;
  readonly viewport: { readonly width: number; readonly height: number };
  /** Pixels of the picture per pixel of the page. */
  readonly scale: number;
  /** The whole page, not only what the viewport shows. */
  readonly isWhole: boolean;
}

/** The pictures of README that are screenshots, from the outputs of the commands. The same sources give the same HTML. */
export async function screens(): Promise<Screen[]> {
  const server = await exampleAccount();
  try {
    const command = async (...args: readonly string[]) =>
      outputOf(await run(server.endpoint, args, { now: () => NOW }));
    const message = JSON.parse(await command('preview', 'user-blocked', '--json')) as SlackMessage;
    const mail = JSON.parse(await command('preview', 'blocked', '--mails', '--json')) as Mail;
    return [
      {
        file: 'docs/pictures/mail.png',
        html: mail.html,
        viewport: { width: 640, height: 100 },
        scale: 1.4,
        isWhole: true,
      },
      {
        file: 'docs/pictures/alert.png',
        html: slackHtml(message, { app: 'MFA enforcer', time: '3:04 AM' }, { U012AB3CD: 'dana' }),
        viewport: { width: 640, height: 100 },
        scale: 2,
        isWhole: true,
      },
      {
        file: 'docs/pictures/page.png',
        html: await command('report', '--format', 'html'),
        viewport: { width: 1100, height: 1180 },
        scale: 1.4,
        isWhole: false,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** A hash of what a picture is taken from. */
export function hashOf({ html }: Screen): string {
  return createHash('sha256').update(html).digest('hex');
}

/** The page as a release shows it: sources that run unbundled do not know their version. */
export function withVersion(html: string, release: string): string {
  return html.replaceAll(version, release);
}

function outputOf({ stdout, stderr }: Ran): string {
  if (stderr !== '') throw new Error(stderr);
  return stdout;
}

/** The account of a small company that has just begun to enforce. */
async function exampleAccount(): Promise<IamServer> {
  const server = await IamServer.start({ now: () => NOW.getTime() });
  const { iam } = server;
  iam.alias = 'acme-prod';
  const password = true;
  const people = ['alice', 'bob', 'carol', 'frank', 'grace', 'heidi', 'judy', 'niaj', 'olivia'];
  for (const [index, name] of people.entries()) {
    const devices = [`arn:aws:iam::${iam.account}:mfa/${name}-phone`];
    iam.put(name, { password, devices, createdAt: new Date(Date.UTC(2023, index, 3 + index)) });
  }
  iam.put('peggy', { password, devices: ['GAHT12345678'], createdAt: new Date('2022-05-09') });
  const policies = [iam.policyArn];
  iam.put('dana', { password, policies, createdAt: new Date('2026-11-17') });
  iam.put('erin', { password, policies, createdAt: new Date('2026-11-20') });
  iam.put('mallory', { password, createdAt: new Date('2026-11-22') });
  const tags = { userType: 'Service' };
  iam.put('ci-deploy', { tags, createdAt: new Date('2024-02-14') });
  iam.put('backup', { tags, createdAt: new Date('2021-10-01') });
  iam.put('jenkins', { tags, password, createdAt: new Date('2020-06-30') });
  return server;
}
