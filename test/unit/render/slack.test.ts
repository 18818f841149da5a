import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { sampleOutcomes } from '../../../functions/commands/preview.ts';
import type { SlackMessage } from '../../../functions/render/slack/blocks.ts';
import { digest, isDigestible } from '../../../functions/render/slack/digest.ts';
import { slackMessage } from '../../../functions/render/slack/kinds.ts';
import { inTerminal } from '../../../functions/render/slack/terminal.ts';
import {
  blocked,
  organizationSwept,
  suspicious,
  sweepFinished,
  tamperingSeen,
  unblocked,
  unreachable,
} from '../../fakes/outcomes.ts';
import { START } from '../../fakes/pipeline.ts';
import { context } from '../../fakes/slack-around.ts';
import { compact } from '../../fakes/slack-golden.ts';
import { withinLimits } from '../../fakes/slack-limits.ts';

const json = (message: SlackMessage) => `${JSON.stringify(message, null, 2)}\n`;
const all = Object.values(sampleOutcomes);
const allDigest = () => digest(all.filter(isDigestible), context);

describe('a Slack message', () => {
  it('of each sample is as in the golden file', async () => {
    const messages = Object.entries(sampleOutcomes).map(
      ([name, outcome]) => [name, slackMessage(outcome, context)] as const,
    );
    await expect(compact([...messages, ['digest', allDigest()]])).toMatchFileSnapshot(
      'golden/slack/messages.txt',
    );
  });

  it.each([
    ['user-blocked', slackMessage(blocked(), context)],
    ['digest', allDigest()],
  ])('is Block Kit JSON: %s', async (name, message) => {
    await expect(json(message)).toMatchFileSnapshot(`golden/slack/${name}.json`);
  });

  it('exists for every kind of outcome', () => {
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(16);
  });

  it('reads well in a terminal', async () => {
    const look = { width: 78, bold: String, dim: String };
    const messages = all.map((outcome) => slackMessage(outcome, context));
    const text = [...messages, allDigest()].map((message) => inTerminal(message, look));
    await expect(`${text.join('\n\n────\n\n')}\n`).toMatchFileSnapshot('golden/slack/terminal.txt');
  });

  it.each([
    ['aws', 'https://acme-prod.signin.aws.amazon.com/console', 'console.aws.amazon.com'],
    ['aws-us-gov', 'signin.amazonaws-us-gov.com', 'console.amazonaws-us-gov.com'],
    ['aws-cn', 'signin.amazonaws.cn', 'console.amazonaws.cn'],
    ['aws-eusc', 'https://console.amazonaws-eusc.eu/', 'console.amazonaws-eusc.eu'],
  ] as const)('links to the console of the partition %s', (partition, signIn, console) => {
    const text = json(slackMessage(blocked(), { ...context, partition, unblock: 'never' }));
    expect(text).toContain(signIn);
    expect(text).toContain(`https://${console}/iam/home#/security_credentials`);
    expect(text).toContain(`arn:${partition}:iam::`);
  });

  it('never says that MFA was enabled where access was blocked', () => {
    for (const outcome of all.filter(({ kind }) => kind === 'user-blocked')) {
      expect(json(slackMessage(outcome, context))).not.toMatch(/MFA (is )?enabled/i);
    }
  });

  const inObserveMode = () =>
    all.map((outcome) => ({ ...outcome, mode: 'observe' as const })) as Outcome[];

  it.each(['user-blocked', 'user-unblocked', 'breaker-open', 'sweep-finished'])(
    'of %s says "would" in observe mode',
    (kind) => {
      for (const outcome of inObserveMode().filter((one) => one.kind === kind)) {
        if (outcome.kind === 'sweep-finished' && outcome.differences === 0) continue;
        const { text, blocks } = slackMessage(outcome, context);
        expect(text).toMatch(/ would /);
        expect(JSON.stringify(blocks)).toContain('observe mode: nothing was changed');
      }
    },
  );

  it('promises nothing in observe mode, alone or in a digest', () => {
    const outcomes = inObserveMode();
    const messages = [
      ...outcomes.map((outcome) => slackMessage(outcome, context)),
      digest(outcomes.filter(isDigestible), context),
    ];
    for (const one of messages) {
      const promise =
        /is blocked within|is unblocked|The next sweep blocks|is blocked until|Nobody more is/;
      expect(json(one)).not.toMatch(promise);
    }
    expect(messages.at(-1)?.text).toContain('in observe mode, would be:');
  });

  it('names who acted through a role', () => {
    const cause = blocked().cause as Extract<Outcome, { kind: 'user-blocked' }>['cause'];
    const behind = { sourceIdentity: 'alice@example.com', delegate: '444455556666' };
    const actor = { ...('actor' in cause ? cause.actor : {}), ...behind };
    const text = json(
      slackMessage({ ...blocked(), cause: { ...cause, actor } } as Outcome, context),
    );
    expect(text).toContain(
      'by `SecurityAdmin/alice` (source identity `alice@example.com`, delegated to account `444455556666`) from',
    );
  });

  it('of a blocked user has commands that a shell can read', () => {
    const { blocks } = slackMessage(blocked({ user: 'da=n,a' }), {
      ...context,
      enrolWith: 'console-and-keys',
      unblock: 'never',
    });
    const commands = JSON.stringify(blocks).match(/aws (iam|sts) [^`\\]+/g) ?? [];
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) execFileSync('bash', ['-n', '-c', command]);
    expect(commands.join('\n')).toContain('--user-name da=n,a');
  });

  it('of a blocked user says how access keys work, by when the user is unblocked', () => {
    const text = (unblock: 'on-enrolment' | 'never') =>
      json(slackMessage(blocked(), { ...context, unblock }));
    expect(text('on-enrolment')).toContain('work again as before once a device is assigned');
    expect(text('on-enrolment')).not.toContain('get-session-token');
    expect(text('never')).toMatch(/aws login.*aws configure mfa-login.*aws sts get-session-token/s);
    expect(text('never')).toContain('A passkey or security key gives no codes');
    const last = (unblock: 'on-enrolment' | 'never') =>
      json(digest([blocked(), blocked({ id: '2' })], { ...context, unblock }));
    expect(last('on-enrolment')).toContain('Access returns within seconds.');
    expect(last('never')).toContain('Then sign out, and in again with it.');
    for (const unblock of ['on-enrolment', 'never'] as const) {
      expect(text(unblock).indexOf('Passkey')).toBeLessThan(text(unblock).indexOf('Authenticator'));
      expect(text(unblock)).toContain('If a device of that name exists, take another name.');
    }
  });

  it.each([
    ['managed-policy', 'console'],
    ['deny-group', 'console'],
    ['boundary', 'console-and-keys'],
    ['inline-policy', 'console-and-keys'],
  ] as const)(
    'of a user blocked by %s, who enrols with %s, sends those who cannot enrol by themselves to an administrator',
    (method, enrolWith) => {
      const text = json(slackMessage(blocked({ method }), { ...context, enrolWith }));
      expect(text).toContain('ask an administrator');
      expect(text).not.toContain('create-virtual-mfa-device');
    },
  );

  it.each([
    [{ method: 'boundary', boundarySeen: null } as const, '*Boundary*\\nnone before'],
    [
      { method: 'inline-policy', boundarySeen: 'arn:aws:iam::1:policy/x' } as const,
      '*Boundary*\\n`arn:aws:iam::1:policy/x`',
    ],
  ])('of a blocked user names the boundary that was seen: %j', (seen, says) => {
    expect(json(slackMessage(blocked(seen), context))).toContain(says);
    expect(json(slackMessage(blocked(), context))).not.toContain('Boundary');
  });

  it('of a blocked user says what keeps the user from enrolling, as harmless text', () => {
    const enrolmentProblem = {
      code: 'boundary-denies-enrolling',
      text: 'cannot enrol: the permissions boundary <!channel> does not allow iam:EnableMFADevice',
    };
    expect(json(slackMessage(blocked({ enrolmentProblem }), context))).toContain(
      '⚠️ *The user cannot enrol: the permissions boundary &lt;!channel&gt; does not allow iam:EnableMFADevice.*',
    );
  });

  it.each([
    ['DetachUserPolicy', true],
    ['RemoveUserFromGroup', true],
    ['DeleteUserPolicy', true],
    ['DeactivateMFADevice', false],
  ])('of a user blocked again after %s explains how to delete the user: %s', (eventName, says) => {
    const { cause } = blocked();
    const again = { ...cause, eventName } as typeof cause;
    const text = json(slackMessage(blocked({ user: '-gina', cause: again }), context));
    const command =
      'aws iam tag-user --user-name=-gina --tags Key=mfa-enforcer:break-glass,Value=true';
    expect(text.includes(command)).toBe(says);
    const observed = json(slackMessage(blocked({ mode: 'observe', cause: again }), context));
    expect(observed).not.toContain('Deleting this user');
  });

  it.each([
    [
      'a serial number',
      'GAHT1',
      'aws iam deactivate-mfa-device --user-name dana --serial-number GAHT1',
    ],
    [
      'what is no word for a shell',
      'x; rm -rf /',
      'aws iam deactivate-mfa-device --user-name dana --serial-number SERIAL',
    ],
  ])('of a suspicious enrolment gives commands that a shell can read: %s', (_, serial, command) => {
    const { blocks } = slackMessage(suspicious({ serial, user: 'da=n,a' }), context);
    const text = JSON.stringify(blocks);
    const scripts = [...text.matchAll(/```(.*?)```/g)].map(([, script = '']) =>
      script.replaceAll('\\n', '\n').replaceAll('\\"', '"'),
    );
    expect(scripts).toHaveLength(2);
    for (const script of scripts) execFileSync('bash', ['-n', '-c', script]);
    expect(scripts[0]).toContain(command.replace('dana', 'da=n,a'));
    expect(text).toContain('SecurityAdmin/alice');
    expect(text).toContain('203.0.113.10');
  });

  it('of a suspicious enrolment stops the attacker’s sessions first, and allows them last', () => {
    const text = json(slackMessage(suspicious(), context));
    const order = [
      'attach-user-policy --user-name dana --policy-arn arn:aws:iam::aws:policy/AWSDenyAll',
      'deactivate-mfa-device',
      'delete-login-profile',
      'update-access-key',
      'create-login-profile',
      'detach-user-policy',
    ].map((command) => text.indexOf(command));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it.each(['user-unblocked.noticed', 'user-unblocked.suspicious'])(
    'does not say that there is nothing to do where an enrolment rule applies: %s',
    (name) => {
      const outcome = sampleOutcomes[name];
      if (outcome === undefined) throw new Error(name);
      expect(json(slackMessage(outcome, context))).not.toContain('Nothing');
    },
  );

  it('that is late says so, and mentions no user', () => {
    const late = { ...context, now: () => new Date(Date.parse(blocked().at) + 3 * 60 * 60 * 1000) };
    const text = json(slackMessage(blocked({ slackMember: 'U012AB3CD' }), late));
    expect(text).toContain('Late message');
    expect(text).not.toContain('<@U012AB3CD>');
  });

  it('shows times in the reader’s zone, and only where Slack formats text', () => {
    const outcomes = [...all, sweepFinished(), organizationSwept()];
    const late = { ...context, now: () => new Date('2027-01-01T00:00:00Z') };
    const messages = outcomes.map((outcome) => slackMessage(outcome, late, outcome));
    for (const message of [...messages, digest(outcomes.filter(isDigestible), late)]) {
      const shown = new Set<string>();
      JSON.stringify(message, (_, value: unknown) => {
        const { type, text } = (value ?? {}) as { type?: string; text?: string };
        if (type === 'mrkdwn' && text?.includes('<!date^')) shown.add(text);
        // What Slack does not format has no time at all.
        else if (typeof text === 'string') expect(text).not.toMatch(/<!date|UTC/);
        return value;
      });
      expect(shown.size).toBeGreaterThan(0);
      for (const text of shown) {
        expect(text.replaceAll(/<!date[^>]*>/g, '')).not.toContain('UTC');
        expect(text.match(/`[^`]*`/g)?.join() ?? '').not.toContain('<!date');
      }
    }
    expect(json(slackMessage(blocked({ at: '2026-11-22T01:24:02.999Z' }), late))).toContain(
      'happened at <!date^1795310642^{date_short_pretty} {time}|2026-11-22 01:24:02 UTC>.',
    );
  });

  it('shows times in UTC in a terminal', () => {
    const look = { width: 200, bold: String, dim: String };
    const text = inTerminal(slackMessage(blocked(), context), look);
    expect(text).toMatch(/When +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
    expect(text).not.toContain('!date');
  });

  it('of several changes of one user has them in their order', () => {
    const at = (second: number) => new Date(START + second * 1000).toISOString();
    const message = digest(
      [
        blocked({ id: '2', at: at(30) }),
        unblocked({ id: '1', at: at(0) }),
        blocked({ id: '3', user: 'erin' }),
      ],
      context,
    );
    const titles = JSON.stringify(message.blocks).match(/[🔒🔓] `\w+`/gu);
    expect(titles).toEqual(['🔓 `dana`', '🔒 `dana`', '🔒 `erin`']);
  });

  it('of a user who ends their own exemption is no alarm', () => {
    const [own] = all.filter((one) => one.kind === 'exemption-seen' && one.bySelf);
    const text = json(slackMessage({ ...own, change: 'removed' } as Outcome, context));
    expect(text).not.toMatch(/🚨|should not exempt themselves/);
  });

  it('of a sweep shows how the totals changed since the last one', () => {
    const before = sweepFinished();
    const totals = { ...before.totals, blocked: 3, exempt: 0 };
    const text = json(slackMessage(sweepFinished({ totals }), context, before));
    expect(text).toContain('*Blocked*\\n3 (+2)');
    expect(text).toContain('*Exempt*\\n0 (−1)');
    expect(text).toContain('*Protected*\\n1"');
  });
});

describe('a Slack message about one account of many', () => {
  const of = (named: Partial<Outcome>) => slackMessage(blocked(named as object), context).text;

  it.each([
    [null, null, '111122223333'],
    [null, 'acme-prod', 'acme-prod (111122223333)'],
    ['Acme Production', null, 'Acme Production (111122223333)'],
    ['Acme Production', 'acme-prod', 'Acme Production (acme-prod, 111122223333)'],
    ['acme-prod', 'acme-prod', 'acme-prod (111122223333)'],
    ['Acme  Prod', 'acme-prod', 'Acme Prod (111122223333)'],
    ['  ', 'acme-prod', 'acme-prod (111122223333)'],
    ['東京', '大阪', '東京 (大阪, 111122223333)'],
  ])('calls the account %s with the alias %s once by each name', (accountName, alias, words) => {
    expect(of({ accountName, alias }).replaceAll(/ +/g, ' ')).toContain(`(account ${words})`);
  });

  it('names the account in every alert, and in every line of a digest', () => {
    const named = { accountName: 'Acme Production', alias: 'acme-prod' };
    const words = 'Acme Production (acme-prod, 111122223333)';
    const outcomes = all
      .filter(({ kind }) => kind !== 'organization-swept')
      // It may be about several accounts, which its list names.
      .filter((outcome) => !('paths' in outcome && outcome.total > 1))
      .map((outcome) => ({ ...outcome, ...named, account: '111122223333' }) as Outcome);
    for (const outcome of outcomes) {
      const { text, blocks } = slackMessage(outcome, context);
      expect(text).toContain(words);
      expect(JSON.stringify(blocks)).toContain(words);
    }
    const lines = outcomes.filter(isDigestible).flatMap((outcome) => {
      const { blocks } = digest([outcome], context);
      return blocks.filter(
        (block) => block.type === 'section' && JSON.stringify(block).includes(words),
      );
    });
    expect(lines).toHaveLength(outcomes.filter(isDigestible).length);
  });

  it('has no empty sentence for an outcome without reasons, alone or in a digest', () => {
    const outcomes = all.map((one) =>
      'reasons' in one ? { ...one, reasons: [] } : one,
    ) as Outcome[];
    const messages = [
      ...outcomes.map((outcome) => slackMessage(outcome, context)),
      digest(outcomes.filter(isDigestible), context),
    ];
    for (const message of messages) expect(json(message)).not.toMatch(/[:(,] *\.( |"|\\n)/);
  });

  it('has the fix run in that account', () => {
    const text = json(slackMessage(tamperingSeen({ account: '444455556666' }), context));
    expect(text).toContain('Run with credentials of account 444455556666');
  });

  it.each([
    ['role-not-assumable', '--stack-instance-account 111122223333'],
    ['account-wrong', 'Ask who created this role'],
    ['spoke-wrong', 'Correct the spoke’s `Mode`'],
    ['other', 'in the log of the function'],
    ['constructor', 'in the log of the function'],
  ])('that is unreachable (%s) says what to do', (code, words) => {
    const text = json(slackMessage(unreachable({ why: { code, text: 'why' } }), context));
    expect(text).toContain(words);
    expect(text).not.toMatch(/enforce mode|observe mode/);
  });
});

describe('a digest of several accounts', () => {
  const watched = { account: '444455556666', mode: 'observe' as const };

  it('separates what was done from what would have been', () => {
    const message = digest(
      [blocked(), unblocked({ ...watched }), blocked({ ...watched, user: 'erin' })],
      context,
    );
    expect(message.text).toContain('1 blocked; in observe mode, would be: 1 blocked, 1 unblocked.');
    expect(json(message)).toContain('👁️ `erin` *would be blocked*');
    expect(json(message)).toContain('enforce mode; lines with 👁️: *observe mode');
  });

  it.each([
    ['🔔', 'blocks in one account, and would-be blocks in another', [blocked(), blocked(watched)]],
    ['👁️', 'would-be blocks only', [blocked(watched), unblocked(watched)]],
    [
      '🚨',
      'tampering in an account in observe mode',
      [blocked(), blocked(), tamperingSeen(watched)],
    ],
    ['🚨', 'an account that is out of reach', [blocked(watched), unreachable(watched)]],
  ] as const)('begins with %s for %s', (emoji, _, outcomes) => {
    const [first] = digest([...outcomes], context).blocks;
    expect(JSON.stringify(first)).toContain(`"${emoji} `);
  });

  it('names accounts that are unreachable for one reason in one line', () => {
    const accounts = Array.from({ length: 39 }, (_, index) => String(100_000_000_000 + index));
    const other = { code: 'other', text: 'Throttling: Rate exceeded' };
    const message = digest(
      [
        ...accounts.map((account) => unreachable({ account, id: account })),
        unreachable({ account: '200000000000', id: 'x', why: other }),
      ],
      context,
    );
    const text = json(message);
    expect(text).toContain('39 accounts *are not being checked*: the role cannot be assumed');
    expect(text).toContain('Throttling: Rate exceeded');
    expect(message.blocks.map(({ type }) => type)).toEqual([
      'header',
      'section',
      'section',
      'actions',
      'context',
    ]);
    expect(text).not.toMatch(/\*If you are blocked\*|all users|enforce mode|console/);
  });

  it('keeps the outcomes of one account together, after what needs a person', () => {
    const at = { account: '444455556666' };
    const message = digest(
      [
        blocked({ user: 'a' }),
        blocked({ user: 'b', ...at }),
        blocked({ user: 'c' }),
        tamperingSeen(at),
      ],
      context,
    );
    const order = JSON.stringify(message.blocks).match(/was tampered with|(?<=🔒 `)\w/gu);
    expect(order).toEqual(['was tampered with', 'a', 'c', 'b']);
  });
});

describe('the message of a swept organization', () => {
  const [thousand] = all.filter(
    (one) => one.kind === 'organization-swept' && one.accounts.listed === 1000,
  );
  const unswept = (count: number, codes: readonly string[]) =>
    Array.from({ length: count }, (_, index) => ({
      account: String(100_000_000_000 + index),
      accountName: `Account ${index}`,
      alias: null,
      why: { code: codes[index % codes.length] ?? '', text: `why ${index}` },
    }));

  it('warns of an event path that was not probed, though the account was checked and is not named', () => {
    const eventPaths = { proven: 2, unproven: 0, notProbed: 1, slowest: null };
    const accounts = { listed: 3, swept: 3, unswept: 0, inactive: 0, observing: 0 };
    const text = JSON.stringify(
      slackMessage(organizationSwept({ accounts, eventPaths, unprovenPaths: [] }), context),
    );
    expect(text).toContain('⚠️ Nightly check: 1 event path not probed');
    expect(text).toContain('• 1 account, not probed');
    expect(text).toContain('mfa-enforcer doctor --probe');
  });

  it('names or counts every account that was not swept', () => {
    for (const codes of [['role-not-assumable'], ['other', 'role-not-assumable'], 'abcdefgh']) {
      const accounts = { listed: 1000, swept: 870, unswept: 130, inactive: 0, observing: 0 };
      const message = slackMessage(
        organizationSwept({ accounts, unswept: unswept(100, [...codes]) }),
        context,
      );
      const text = JSON.stringify(message.blocks);
      const [section = ''] = /Not checked: .*?","verbatim/.exec(text) ?? [];
      const named = section.match(/Account \d+ \(/g)?.length ?? 0;
      const counted = [...section.matchAll(/and (\d+) more|• (\d+) more account/g)];
      const more = counted.reduce((sum, [, one, two]) => sum + Number(one ?? two), 0);
      expect(named + more).toBe(130);
      withinLimits(message);
    }
  });

  it('names or counts every unprotected user', () => {
    const text = json(slackMessage(thousand as Outcome, context));
    const lines = [...text.matchAll(/\*([\d,]+) unprotected\*|([\d,]+) more unprotected/g)];
    const sum = lines.reduce((all, [, a, b]) => all + Number((a ?? b ?? '').replace(',', '')), 0);
    expect(sum).toBe(3_042);
  });

  it('shows accounts that were not swept before everything else, and never calls them well', () => {
    const accounts = { listed: 2, swept: 1, unswept: 1, inactive: 0, observing: 0 };
    const totals = { users: 1, protected: 1, blocked: 0, unprotected: 0, exempt: 0, outOfScope: 0 };
    const message = slackMessage(
      organizationSwept({
        accounts,
        totals,
        differences: 0,
        withFindings: [],
        unswept: unswept(1, ['other']),
      }),
      context,
    );
    expect(message.text).toContain('1 of 2 accounts not checked.');
    expect(json(message)).not.toMatch(/no changes needed|Nothing\./);
  });

  it('shows how the totals changed since the last one', () => {
    const before = organizationSwept();
    const totals = { ...before.totals, protected: 1_500, unprotected: 0 };
    const text = json(slackMessage(organizationSwept({ totals }), context, before));
    expect(text).toContain('*Protected*\\n1,500 (+1,499)');
    expect(text).toContain('*Unprotected*\\n0 (−1)');
  });

  it('promises nothing of accounts in observe mode', () => {
    const accounts = { listed: 1, swept: 1, unswept: 0, inactive: 0, observing: 1 };
    const [one] = organizationSwept().withFindings;
    const withFindings = one ? [{ ...one, mode: 'observe' as const }] : [];
    const text = json(slackMessage(organizationSwept({ accounts, withFindings }), context));
    expect(text).toContain('would be blocked');
    expect(text).toContain('observe mode: nothing was changed');
    expect(text).not.toMatch(/to be blocked|is reviewed now/);
  });
});

describe('a Slack message keeps to Slack’s limits', () => {
  const long = 'x'.repeat(10_000);
  const many = Array.from(
    { length: 5_000 },
    (_, index) => `${'very-long-name-'.repeat(4)}${index}`,
  );
  const named = { accountName: `${long}y`, alias: long, account: '111122223333' };
  /** An organization of many accounts with endless names. */
  const crowdOf = (outcome: Outcome): Partial<Outcome> => {
    if (outcome.kind !== 'organization-swept') return {};
    const some = many.slice(0, 100);
    const [finding] = organizationSwept().withFindings;
    return {
      unswept: some.map((text, index) => ({
        ...named,
        why: { code: index % 2 === 0 ? text : 'role-not-assumable', text: long },
      })),
      withFindings: some.map((_, index) => ({
        ...finding,
        ...named,
        mode: index % 2 === 0 ? 'observe' : 'enforce',
      })),
      breakGlassWithoutMfa: some.map((user) => ({ ...named, user })),
      endingExemptions: some.map((user) => ({ ...named, user, until: '2026-12-31' })),
    } as Partial<Outcome>;
  };
  const crowd: Outcome[] = all.map(
    (outcome) =>
      ({
        ...outcome,
        alias: long,
        accountName: `${long}y`,
        ...crowdOf(outcome),
        ...('user' in outcome ? { user: long, reasons: [{ code: long, text: long }] } : {}),
        ...('why' in outcome ? { why: { code: long, text: long } } : {}),
        ...('users' in outcome ? { users: many, total: 9_999, why: long } : {}),
        ...('blockedUsers' in outcome
          ? {
              blockedUsers: many,
              breakGlassWithoutMfa: many,
              endingExemptions: many.map((user) => ({ user, until: '2026-12-31' })),
              differing: many.map((user) => ({ user, action: 'block', reasons: [] })),
            }
          : {}),
        ...('policyArn' in outcome ? { policyArn: long } : {}),
        ...('what' in outcome ? { resource: long } : {}),
      }) as Outcome,
  );

  it('whatever comes', () => {
    const messages = crowd.map((outcome) => slackMessage(outcome, context));
    for (const one of [...messages, digest(crowd.filter(isDigestible), context)]) withinLimits(one);
  });

  it('and counts the users that it does not name', () => {
    const text = json(
      slackMessage(crowd.find(({ kind }) => kind === 'breaker-open') as Outcome, context),
    );
    const [, more = ''] = / and ([\d,]+) more/.exec(text) ?? [];
    const named = text.match(/`very-long-name-/g)?.length ?? 0;
    expect(Number(more.replace(',', '')) + named).toBe(9_999);
    expect(named).toBeGreaterThan(4);
    expect(text).toContain('`mfa-enforcer plan` lists all of them.');
  });
});

describe('text from outside', () => {
  it('mentions the person concerned only by the member id that the contract allows', () => {
    expect(json(slackMessage(blocked({ slackMember: 'U012AB3CD' }), context))).toContain(
      '<@U012AB3CD>',
    );
    expect(json(slackMessage(blocked({ slackMember: null }), context))).not.toContain('<@');
  });
});
