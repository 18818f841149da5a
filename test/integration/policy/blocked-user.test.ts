import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACCOUNT } from './evaluator.ts';
import { answer, arnOf, matrix } from './matrix.ts';

const page = readFileSync('docs/blocked-user.md', 'utf8');
const rows = [...page.matchAll(/^\| ([^|]+) \| `(\w+:\w+)` \| (yes|no) \| (yes|no) \|$/gm)].map(
  ([, task = '', action = '', inConsole = '', withKey = '']) => ({
    task,
    action,
    inConsole,
    withKey,
  }),
);

const [user] = matrix.users;
if (user === undefined) throw new Error('the matrix has no user');

/** What each call of the table acts on; the user's own user where nothing else is named. */
const resources: Readonly<Record<string, string>> = {
  'cloudshell:CreateSession': `arn:aws:cloudshell:us-east-1:${ACCOUNT}:environment/e`,
  'iam:CreateVirtualMFADevice': `arn:aws:iam::${ACCOUNT}:mfa/phone`,
  'iam:DeleteVirtualMFADevice': `arn:aws:iam::${ACCOUNT}:mfa/phone`,
  'signin:Authenticate': 'arn:aws:signin:::console/any',
  'signin:CreateOAuth2Token': `arn:aws:signin:us-east-1:${ACCOUNT}:oauth2/public-client/localhost`,
  'sts:GetSessionToken': '*',
};

/** What ForceMFA says to a call: with no other rights where the page says yes, and with an administrator's where it says no. */
function verdict(action: string, sessionName: string, says: string) {
  const session = matrix.sessions.find(({ name }) => name === sessionName);
  if (session === undefined) throw new Error(`the matrix has no session ${sessionName}`);
  return answer({
    partition: 'aws',
    enrolWith: 'console',
    session,
    user: user as (typeof matrix.users)[0],
    baseline: says === 'yes' ? 'none' : 'administrator',
    action,
    resource: resources[action] ?? arnOf(user as (typeof matrix.users)[0]),
  });
}

describe('the table of docs/blocked-user.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  it.each(rows)('is right about what a blocked user can do: $task', async (row) => {
    const { action, inConsole, withKey } = row;
    // AWS asks for no grant of these, only that nothing denies them.
    const possible = matrix.openWithoutGrant.includes(action) ? 'not granted' : 'allowed';
    const expected = (says: string) => (says === 'yes' ? possible : 'denied');
    expect(await verdict(action, 'console, no MFA', inConsole)).toBe(expected(inConsole));
    expect(await verdict(action, 'access key', withKey)).toBe(expected(withKey));
  });
});
