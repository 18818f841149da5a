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
  deviceAdded,
  organizationSwept,
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
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(11);
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
    const text = json(slackMessage(blocked(), { ...context, partition }));
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

  it('of a blocked user has commands that a shell can read', () => {
    const { blocks } = slackMessage(blocked({ user: 'da=n,a' }), {
      ...context,
      enrolWith: 'console-and-keys',
    });
    const commands = JSON.stringify(blocks).match(/aws (iam|sts) [^`\\]+/g) ?? [];
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) execFileSync('bash', ['-n', '-c', command]);
    expect(commands.join('\n')).toContain('--user-name da=n,a');
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
    ['what is no word for a shell', 'x; rm -rf /', null],
  ])(
    'of a device from another identity gives the command that removes it: %s',
    (_, serial, command) => {
      const text = json(slackMessage(deviceAdded({ serial }), context));
      expect(text.includes('deactivate-mfa-device')).toBe(command !== null);
      expect(text).toContain(command ?? 'Remove the device: ');
      expect(text).toContain('SecurityAdmin/alice');
      expect(text).toContain('203.0.113.10');
    },
  );

  it('that is late says so, and mentions no user', () => {
    const late = { ...context, now: () => new Date(Date.parse(blocked().at) + 3 * 60 * 60 * 1000) };
    const text = json(slackMessage(blocked({ slackMember: 'U012AB3CD' }), late));
    expect(text).toContain('Late message');
    expect(text).not.toContain('<@U012AB3CD>');
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
      .map((outcome) => ({ ...outcome, ...named, account: '111122223333' }) as Outcome);
    for (const outcome of outcomes) {
      const { text, blocks } = slackMessage(outcome, context);
      expect(text).toContain(words);
      expect(JSON.stringify(blocks)).toContain(words);
    }
    const lines = outcomes.filter(isDigestible).flatMap((outcome) => {
      const { blocks } = digest([outcome], context);
      return blocks.filter((block) => JSON.stringify(block).includes(words));
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
    expect(message.blocks).toHaveLength(4);
    expect(text).not.toMatch(/\*If you are blocked\*|all users|enforce mode/);
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
    expect(named).toBeGreaterThan(5);
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
