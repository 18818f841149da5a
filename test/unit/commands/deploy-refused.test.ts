import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { refuseMailWithoutSender } from '../../../functions/commands/deploy-preconditions.ts';
import type { DeploymentContext } from '../../../functions/pipeline/doctor/check.ts';
import { defaultMailText } from '../../../functions/runtime/default-mail-text.ts';
import { BUCKET, MemoryDeployment, STACK } from '../../fakes/memory-deployment.ts';

const folder = mkdtempSync(join(tmpdir(), 'deploy-refused-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A file, whose path is FILE in the errors. */
function file(text: string): string {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return path;
}

const shown = (text: string) =>
  text.replaceAll(join(folder, 'file'), 'FILE').replaceAll(folder, 'FOLDER');

/** An account with the enforcer's stack in enforce mode, whose BlockLimit is 7. */
function deployed(status?: string): MemoryDeployment {
  const aws = new MemoryDeployment().install();
  aws.deployed({ Mode: 'enforce', BlockLimit: '7' }, status);
  return aws;
}

describe('deploy refuses, and changes nothing:', () => {
  const wrongValues: readonly [flag: string, value: string][] = [
    ['--mode', 'audit'],
    ['--scope', 'everyone'],
    ['--unblock', 'later'],
    ['--enrol-with', 'phone'],
    ['--exempt-tags', 'service'],
    ['--exempt-users', '*'],
    ['--exempt-password', 'yes'],
    ['--block-limit', 'many'],
    ['--policy-name', 'a/b'],
    ['--inline-deny', 'true'],
    ['--boundary-deny', 'on'],
    ['--sweep-schedule', 'daily'],
    ['--organization-id', 'acme'],
    ['--slack-webhook-parameter', 'webhook'],
    ['--slack-mentions', 'all'],
    ['--s3-bucket', 'My_Bucket'],
    ['--s3-prefix', 'code'],
    ['--alarm-topic-arn', 'alarms'],
    ['--sweep-overdue-hours', 'day'],
  ];

  it('every wrong value of a parameter', async () => {
    const errors: string[] = [];
    for (const [flag, value] of wrongValues) {
      const aws = deployed();
      const { status, stdout, stderr } = await aws.say(['deploy', flag, value, '--yes']);
      expect([flag, status, stdout, aws.calls]).toEqual([flag, 2, '', []]);
      errors.push(`${flag} ${value}\n${stderr}`);
    }
    await expect(errors.join('\n')).toMatchFileSnapshot('golden/deploy/wrong-values.txt');
  });

  it('several wrong values at once, each with its error', async () => {
    const aws = deployed();
    const config = file('parameters: { Mode: audit, BlockLimit: many }');
    const ran = await aws.say(['deploy', '--config', config, '--sweep-schedule', 'daily', '--yes']);
    expect(ran.status).toBe(2);
    expect(shown(ran.stderr)).toBe(
      'FILE: Mode must be observe or enforce, not "audit"\n' +
        'FILE: BlockLimit "many" must be auto or a number of users from 0 to 9999\n' +
        'SweepSchedule "daily" must be an EventBridge schedule, as in cron(0 3 * * ? *)\n',
    );
  });

  const HELP = '(add --help for the available options)\n';
  const cases: Readonly<
    Record<
      string,
      {
        readonly args: () => readonly string[];
        readonly aws?: () => MemoryDeployment;
        readonly status: number;
        readonly says: string;
      }
    >
  > = {
    'an unknown flag': {
      args: () => ['--moode', 'enforce'],
      status: 2,
      says: `error: unknown option '--moode'\n(Did you mean --mode?)\n${HELP}`,
    },
    'an argument': {
      args: () => ['prod'],
      status: 2,
      says: `error: too many arguments for 'deploy'. Expected 0 arguments but got 1.\n${HELP}`,
    },
    'a name that no stack can have': {
      args: () => ['--stack', '1st_stack'],
      status: 2,
      says: '--stack: "1st_stack" is not the name of a stack: it must begin with a letter and have only letters, digits and hyphens.\n',
    },
    'a name that is too long for the functions': {
      args: () => ['--stack', 'a'.repeat(51)],
      status: 2,
      says: `"${'a'.repeat(51)}" is too long for the stack: the functions are named after it, so it may have at most 50 characters.\n`,
    },
    'another Region': {
      args: () => ['--region', 'eu-central-1'],
      status: 1,
      says: "A stack in eu-central-1 would get no events: IAM's events are delivered in us-east-1.\n  Omit --region, or pass --region us-east-1.\n",
    },
    'a file that does not exist': {
      args: () => ['--config', join(folder, 'none.yml')],
      status: 2,
      says: "Cannot read the settings file FOLDER/none.yml: ENOENT: no such file or directory, open 'FOLDER/none.yml'\n",
    },
    'a file that is not YAML': {
      args: () => ['--config', file('parameters: [')],
      status: 2,
      says: 'FILE is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 14:\n\nparameters: [\n             ^\n\n',
    },
    'a file that is a list': {
      args: () => ['--config', file('- Mode: enforce')],
      status: 2,
      says: 'FILE: the file must have keys with values\n',
    },
    'a file whose parameters are a list': {
      args: () => ['--config', file('parameters:\n  - Mode: enforce\n')],
      status: 2,
      says: 'FILE: parameters must have keys with values\n',
    },
    'a file with an unknown key': {
      args: () => ['--config', file('Mode: enforce\n')],
      status: 2,
      says: 'FILE: unknown Mode; known are parameters\n',
    },
    'a file with an unknown parameter': {
      args: () => ['--config', file('parameters:\n  mode: enforce\n')],
      status: 2,
      says: 'FILE: unknown mode; known are Mode, Scope, Unblock, EnrolWith, ExemptTags, ExemptUsers, ExemptPassword, GraceHours, BlockLimit, ReportCredentials, PolicyName, InlineDeny, OrphanDevices, BoundaryDeny, SweepSchedule, Probe, ProbeMinutes, OrganizationId, SlackWebhookParameter, SlackMentions, NotifyUsers, NotifyFrom, NotifyTag, NotifyDomains, NotifyTextParameter, HelpContact, RunbookUrl, S3Bucket, S3Prefix, AlarmTopicArn, SweepOverdueHours\n',
    },
    'a file with a boolean': {
      args: () => ['--config', file('parameters:\n  InlineDeny: true\n')],
      status: 2,
      says: 'FILE: parameters.InlineDeny must be text or a number: put it in quotes\n',
    },
    'mails without a sender': {
      args: () => ['--notify-users', 'email'],
      status: 2,
      says: 'Mails to users need a sender that Amazon SES has verified: name it with --notify-from (docs/mail.md).\n',
    },
    'a code prefix that other stacks share': {
      args: () => ['--s3-prefix', ''],
      status: 2,
      says: 'The bucket mfa-enforcer-111122223333-us-east-1 has the code of all stacks of the account, each under its own prefix: omit --s3-prefix, or name another bucket.\n',
    },
    'a webhook file that does not exist': {
      args: () => ['--webhook-file', join(folder, 'none.txt')],
      status: 2,
      says: "Cannot read the webhook: ENOENT: no such file or directory, open 'FOLDER/none.txt'\n",
    },
    'a webhook file without a webhook': {
      args: () => ['--webhook-file', file('xoxb-token')],
      status: 2,
      says: 'FILE contains no URL: it must be an incoming webhook, https://hooks.slack.com/services/… or https://hooks.slack-gov.com/services/…\n',
    },
    'a webhook for a parameter that anyone may read': {
      args: () => ['--webhook-file', file('https://hooks.slack.com/services/T/B/secret')],
      aws: () => {
        const aws = deployed();
        aws.parameters.set('/mfa-enforcer/slack-webhook', 'String');
        return aws;
      },
      status: 1,
      says: 'The SSM parameter /mfa-enforcer/slack-webhook is a String, so anyone who may read parameters can read the webhook. Create a new webhook in Slack, delete this parameter and store the new webhook:\n  aws ssm delete-parameter --region us-east-1 --name /mfa-enforcer/slack-webhook\n  mfa-enforcer deploy --webhook-file webhook.txt --stack iam-mfa-enforcer-prod\n',
    },
    'a mail text file that does not exist': {
      args: () => ['--mail-text-file', join(folder, 'none.md')],
      status: 2,
      says: "Cannot read the mail text: ENOENT: no such file or directory, open 'FOLDER/none.md'\n",
    },
    'a mail text file that makes no mails': {
      args: () => ['--mail-text-file', file(defaultMailText.replace(/^Subject: .*$/m, 'Subject:'))],
      status: 2,
      says: 'FILE is no text of the mails. Line 4: the subject is empty. Write one.\n',
    },
    'a mail text for a parameter that is a secret': {
      args: () => ['--mail-text-file', file(defaultMailText)],
      aws: () => {
        const aws = deployed();
        aws.parameters.set('/mfa-enforcer/mail-text', 'SecureString');
        return aws;
      },
      status: 1,
      says: 'The SSM parameter /mfa-enforcer/mail-text is a SecureString, and the mail text must be a String. Delete the parameter and store the text again:\n  aws ssm delete-parameter --region us-east-1 --name /mfa-enforcer/mail-text\n  mfa-enforcer deploy --mail-text-file FILE --stack iam-mfa-enforcer-prod\n',
    },
    ...Object.fromEntries(
      [
        'CREATE_IN_PROGRESS',
        'UPDATE_IN_PROGRESS',
        'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
        'UPDATE_ROLLBACK_IN_PROGRESS',
        'DELETE_IN_PROGRESS',
      ].map((status) => [
        `a stack that is ${status}`,
        {
          args: () => ['--mode', 'observe'],
          aws: () => deployed(status),
          status: 1,
          says: `The stack ${STACK} is ${status}.\n  Wait until that has finished, and run this command again.\n`,
        },
      ]),
    ),
    ...Object.fromEntries(
      ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'].map((status) => [
        `a stack that is ${status}`,
        {
          args: () => ['--mode', 'observe'],
          aws: () => deployed(status),
          status: 1,
          says: `The stack ${STACK} is ${status} and cannot be changed. Remove it and run this command again:\n  mfa-enforcer remove --stack ${STACK}\n`,
        },
      ]),
    ),
    'a stack whose rollback failed': {
      args: () => ['--mode', 'observe'],
      aws: () => deployed('UPDATE_ROLLBACK_FAILED'),
      status: 1,
      says:
        `The stack ${STACK} is UPDATE_ROLLBACK_FAILED: an earlier change failed, and so did its rollback. Fix the cause, finish the rollback and run this command again:\n` +
        `  aws cloudformation describe-stack-events --region us-east-1 --stack-name ${STACK}\n` +
        `  aws cloudformation continue-update-rollback --region us-east-1 --stack-name ${STACK}\n`,
    },
    ...Object.fromEntries(
      ['UPDATE_COMPLETE', 'ROLLBACK_COMPLETE', 'UPDATE_IN_PROGRESS'].map((status) => [
        `a stack of another project that is ${status}`,
        {
          args: () => ['--stack', 'shop'],
          aws: () => {
            const aws = new MemoryDeployment().install();
            const empty = { Parameters: {}, Resources: {}, Outputs: {} };
            aws.stacks.put('shop', status, { Mode: 'x' }, empty);
            return aws;
          },
          status: 1,
          says: 'The stack shop is not a deployment of iam-mfa-enforcer: it has no parameters Mode and PolicyName.\n  Name another stack with --stack.\n',
        },
      ]),
    ),
    'another PolicyName': {
      args: () => ['--policy-name', 'Deny'],
      status: 1,
      says:
        'PolicyName cannot be changed from ForceMFA to Deny: users whom ForceMFA blocks would stay blocked, and the enforcer could not unblock them.\n' +
        '  Omit --policy-name. To get another name, remove the stack (mfa-enforcer remove), which unblocks all users, and deploy again.\n',
    },
    'another PolicyName in the file': {
      args: () => ['--config', file('parameters:\n  PolicyName: Deny\n')],
      status: 1,
      says:
        'PolicyName cannot be changed from ForceMFA to Deny: users whom ForceMFA blocks would stay blocked, and the enforcer could not unblock them.\n' +
        '  Omit PolicyName from FILE. To get another name, remove the stack (mfa-enforcer remove), which unblocks all users, and deploy again.\n',
    },
    'a bucket of another account': {
      args: () => ['--s3-bucket', 'theirs'],
      aws: () => {
        const aws = deployed();
        aws.buckets.set('theirs', { account: '444455556666', objects: new Map() });
        return aws;
      },
      status: 2,
      says: 'AWS denied s3:ListBucket on theirs: the bucket belongs to another account, or the caller lacks the permission. Grant it, or name a bucket of this account with --s3-bucket.\n',
    },
    'a bucket that does not exist': {
      args: () => ['--s3-bucket', 'nowhere'],
      status: 2,
      says: `The bucket nowhere of the parameter S3Bucket does not exist. Create it, or pass --s3-bucket ${BUCKET}, which this command creates.\n`,
    },
    'a bucket that does not exist, for a new stack': {
      args: () => ['--s3-bucket', 'nowhere', '--dry-run'],
      aws: () => new MemoryDeployment().install(),
      status: 2,
      says: `The bucket nowhere of the parameter S3Bucket does not exist. Create it, or pass --s3-bucket ${BUCKET}, which this command creates.\n`,
    },
    'a bucket in another Region': {
      args: () => ['--s3-bucket', 'far-away'],
      aws: () => {
        const aws = deployed();
        aws.answers.HeadBucket = () => {
          throw Object.assign(new Error('301'), { $metadata: { httpStatusCode: 301 } });
        };
        return aws;
      },
      status: 2,
      says: 'The bucket far-away is in another Region. Lambda needs it in us-east-1: name another one with --s3-bucket.\n',
    },
  };

  it.each(Object.entries(cases))('%s', async (_, { args, aws = deployed, status, says }) => {
    const there = aws();
    const ran = await there.say(['deploy', ...args(), '--yes']);
    expect({ ...ran, stderr: shown(ran.stderr) }).toEqual({ status, stdout: '', stderr: says });
    expect(there.writes).toEqual([]);
  });

  it('a folder without a release', async () => {
    const aws = deployed();
    const release = pathToFileURL(`${folder}/`);
    const ran = await aws.say(['deploy', '--mode', 'enforce', '--yes'], { release });
    expect({ ...ran, stderr: shown(ran.stderr) }).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "There is no release to deploy: ENOENT: no such file or directory, open 'FOLDER/template.json'. Install iam-mfa-enforcer again. In a clone, npm run package makes it.\n",
    });
    expect(aws.calls).toEqual([]);
  });

  it('without --yes and without a terminal', async () => {
    const aws = deployed();
    const ran = await aws.say(['deploy', '--mode', 'observe']);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toBe(
      `Change the stack ${STACK} in account 111122223333? There is no terminal to confirm at: pass --yes to continue. Nothing was changed.\n`,
    );
    expect(aws.stacks.find(STACK)).toMatchObject({ parameters: { Mode: 'enforce' } });
    expect(aws.stacks.find(STACK)?.changeSets.size).toBe(0);
  });
});

describe('a settings file', () => {
  it.each(['', '# nothing yet\n', 'parameters:\n'])('may be empty: %j', async (text) => {
    const aws = deployed();
    const ran = await aws.say(['deploy', '--config', file(text), '--yes']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toContain('No changes needed.');
  });
});

it('deploy refuses mails in China, where there is no SES', () => {
  const context = { partition: 'aws-cn' } as DeploymentContext;
  const values = { NotifyUsers: 'email', NotifyFrom: 'aws@example.cn' };
  const plan = { values, sent: [], changes: [] };
  expect(() => refuseMailWithoutSender(context, plan)).toThrow('SES is not available in China');
  const without = { ...plan, values: { ...values, NotifyUsers: 'no' } };
  expect(() => refuseMailWithoutSender(context, without)).not.toThrow();
});
