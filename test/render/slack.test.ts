import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../events/outcome.ts';
import type { SlackMessage } from '../../functions/render/slack/blocks.ts';
import { digest, isDigestible } from '../../functions/render/slack/digest.ts';
import { sampleOutcomes } from '../../functions/render/slack/samples.ts';
import { slackMessage } from '../../functions/render/slack/slack-message.ts';
import { inTerminal } from '../../functions/render/slack/terminal.ts';
import type { Around } from '../../functions/render/slack/words.ts';
import { held, released, sweepFinished } from '../fakes/outcomes.ts';
import { START } from '../fakes/pipeline.ts';
import { withinLimits } from '../fakes/slack-limits.ts';

const around: Around = {
  partition: 'aws',
  version: '1.2.3',
  exemptTag: { key: 'userType', value: 'Service' },
  now: () => new Date(0),
};
const json = (message: SlackMessage) => `${JSON.stringify(message, null, 2)}\n`;
const all = Object.values(sampleOutcomes);
const allDigest = () => digest(all.filter(isDigestible), around);

describe('a Slack message', () => {
  it.each(Object.entries(sampleOutcomes))(
    'of %s is as it was judged good',
    async (name, outcome) => {
      await expect(json(slackMessage(outcome, around))).toMatchFileSnapshot(
        `golden/slack/${name}.json`,
      );
    },
  );

  it('of several outcomes is a digest, what needs a person first', async () => {
    await expect(json(allDigest())).toMatchFileSnapshot('golden/slack/digest.json');
  });

  it('exists for every kind of outcome', () => {
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(8);
  });

  it('reads well in a terminal', async () => {
    const look = { width: 78, bold: String, dim: String };
    const messages = all.map((outcome) => slackMessage(outcome, around));
    const text = [...messages, allDigest()].map((message) => inTerminal(message, look));
    await expect(`${text.join('\n\n────\n\n')}\n`).toMatchFileSnapshot('golden/slack/terminal.txt');
  });

  it.each([
    ['aws', 'https://acme-prod.signin.aws.amazon.com/console', 'console.aws.amazon.com'],
    ['aws-us-gov', 'signin.amazonaws-us-gov.com', 'console.amazonaws-us-gov.com'],
    ['aws-cn', 'signin.amazonaws.cn', 'console.amazonaws.cn'],
  ] as const)('links to the console of the partition %s', (partition, signIn, console) => {
    const text = json(slackMessage(held(), { ...around, partition }));
    expect(text).toContain(signIn);
    expect(text).toContain(`https://${console}/iam/home#/security_credentials`);
    expect(text).toContain(`arn:${partition}:iam::`);
  });

  it('never says that MFA was enabled where access was blocked', () => {
    for (const outcome of all.filter(({ kind }) => kind === 'user-held')) {
      expect(json(slackMessage(outcome, around))).not.toMatch(/MFA (is )?enabled/i);
    }
  });

  const inObserveMode = () =>
    all.map((outcome) => ({ ...outcome, mode: 'observe' as const })) as Outcome[];

  it.each(['user-held', 'user-released', 'breaker-open', 'sweep-finished'])(
    'of %s says "would" in observe mode',
    (kind) => {
      for (const outcome of inObserveMode().filter((one) => one.kind === kind)) {
        if (outcome.kind === 'sweep-finished' && outcome.differences === 0) continue;
        const { text, blocks } = slackMessage(outcome, around);
        expect(text).toMatch(/ would /);
        expect(JSON.stringify(blocks)).toContain('observe mode: nothing was changed');
      }
    },
  );

  it('promises nothing in observe mode, alone or in a digest', () => {
    const outcomes = inObserveMode();
    const messages = [
      ...outcomes.map((outcome) => slackMessage(outcome, around)),
      digest(outcomes.filter(isDigestible), around),
    ];
    for (const one of messages) {
      const promise =
        /is blocked within|is let go|The next sweep blocks|is blocked until|Nobody more is/;
      expect(json(one)).not.toMatch(promise);
    }
    expect(messages.at(-1)?.text).toContain('in observe mode, would be:');
  });

  it('of a user who is blocked gives commands that a shell can read', () => {
    const { blocks } = slackMessage(held({ user: 'da=n,a' }), around);
    const commands = JSON.stringify(blocks).match(/aws (iam|sts) [^`\\]+/g) ?? [];
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) execFileSync('bash', ['-n', '-c', command]);
    expect(commands.join('\n')).toContain('--user-name da=n,a');
  });

  it.each(['boundary', 'inline-policy'] as const)(
    'of a user held by %s sends those who cannot enrol by themselves to an administrator',
    (rung) => {
      const text = json(slackMessage(held({ rung }), around));
      expect(text).toContain('Ask an administrator');
      expect(text).not.toContain('create-virtual-mfa-device');
    },
  );

  it('that could not be told in time says so, and calls nobody', () => {
    const late = { ...around, now: () => new Date(Date.parse(held().at) + 3 * 60 * 60 * 1000) };
    const text = json(slackMessage(held({ slackMember: 'U012AB3CD' }), late));
    expect(text).toContain('Told late');
    expect(text).not.toContain('<@U012AB3CD>');
  });

  it('of several changes of one user tells them in their order', () => {
    const at = (second: number) => new Date(START + second * 1000).toISOString();
    const message = digest(
      [
        held({ id: '2', at: at(30) }),
        released({ id: '1', at: at(0) }),
        held({ id: '3', user: 'erin' }),
      ],
      around,
    );
    const titles = JSON.stringify(message.blocks).match(/[🔒🔓] `\w+`/gu);
    expect(titles).toEqual(['🔓 `dana`', '🔒 `dana`', '🔒 `erin`']);
  });

  it('of a user who ends their own exemption is no alarm', () => {
    const [own] = all.filter((one) => one.kind === 'exemption-seen' && one.bySelf);
    const text = json(slackMessage({ ...own, change: 'removed' } as Outcome, around));
    expect(text).not.toMatch(/🚨|should not exempt themselves/);
  });

  it('of a sweep says how the totals changed since the last one', () => {
    const before = sweepFinished();
    const totals = { ...before.totals, held: 3, exempt: 0 };
    const text = json(slackMessage(sweepFinished({ totals }), around, before));
    expect(text).toContain('*Blocked*\\n3 (+2)');
    expect(text).toContain('*Exempt*\\n0 (−1)');
    expect(text).toContain('*With MFA*\\n1"');
  });
});

describe('a Slack message keeps to Slack’s limits', () => {
  const long = 'x'.repeat(10_000);
  const many = Array.from(
    { length: 5_000 },
    (_, index) => `${'very-long-name-'.repeat(4)}${index}`,
  );
  const crowd: Outcome[] = all.map(
    (outcome) =>
      ({
        ...outcome,
        alias: long,
        ...('user' in outcome ? { user: long, reasons: [{ code: long, text: long }] } : {}),
        ...('why' in outcome ? { why: { code: long, text: long } } : {}),
        ...('users' in outcome ? { users: many, total: 9_999, why: long } : {}),
        ...('heldUsers' in outcome
          ? {
              heldUsers: many,
              breakGlassWithoutMfa: many,
              endingExemptions: many.map((user) => ({ user, until: '2026-12-31' })),
              differing: many.map((user) => ({ user, action: 'hold', reasons: [] })),
            }
          : {}),
        ...('mend' in outcome ? { mend: long, policyArn: long } : {}),
        ...('what' in outcome ? { what: long } : {}),
      }) as Outcome,
  );

  it('whatever comes', () => {
    const messages = crowd.map((outcome) => slackMessage(outcome, around));
    for (const one of [...messages, digest(crowd.filter(isDigestible), around)]) withinLimits(one);
  });

  it('and counts whom it does not name', () => {
    const text = json(
      slackMessage(crowd.find(({ kind }) => kind === 'breaker-open') as Outcome, around),
    );
    const [, more] = / and (\d+) more/.exec(text) ?? [];
    const named = text.match(/`very-long-name-/g)?.length ?? 0;
    expect(Number(more) + named).toBe(9_999);
    expect(named).toBeGreaterThan(5);
  });
});

describe('what comes from outside', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<@U012AB3CD>',
      '<https://evil.example|click here>',
      '&lt;!here&gt;',
      '*bold* _italic_ ~struck~ `code`',
      '```block```',
      '> quote',
      '\n\n*Approved by security*\n',
      '@here @channel',
      '\u202Egnp.exe',
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );

  /** Every text of a message, without the links and mentions that are our own. */
  function texts({ text, blocks }: SlackMessage): string[] {
    const found = [text];
    JSON.stringify(blocks, (key, value: unknown) => {
      if (key === 'text' && typeof value === 'string') found.push(value);
      return value;
    });
    const own = /<https:\/\/[a-z0-9.-]+\/[^\s|<>]*\|[A-Za-z’ ]+>/g;
    return found.map((one) => one.replaceAll(own, ''));
  }

  it('makes no markup and mentions nobody (10,000 hostile names, tags and actors)', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, tag, who) => {
        const cause = {
          kind: 'event' as const,
          eventId: who,
          eventName: tag,
          eventTime: '2026-03-01T12:00:00Z',
          actor: { type: 'IAMUser', name: who, sourceIp: tag },
        };
        const reasons = [{ code: tag, text: `is exempt by the tag ${tag}` }];
        const outcomes = all.map((outcome) => ({
          ...outcome,
          alias: tag,
          slackMember: null,
          ...('user' in outcome ? { user: name, reasons } : {}),
          ...('cause' in outcome ? { cause } : {}),
          ...('why' in outcome ? { why: { code: tag, text: name } } : {}),
          ...('what' in outcome ? { what: name } : {}),
          ...('mend' in outcome ? { mend: name, policyArn: tag } : {}),
          ...('users' in outcome ? { users: [name], total: 1, why: name } : {}),
          ...('heldUsers' in outcome ? { heldUsers: [name], breakGlassWithoutMfa: [tag] } : {}),
        })) as Outcome[];
        const messages = [
          ...outcomes.map((outcome) => slackMessage(outcome, around)),
          digest(outcomes.filter(isDigestible), around),
        ];
        for (const message of messages) {
          withinLimits(message);
          const spoilt = [
            ...texts(message).filter((text) => /[<>]|&(?!amp;|lt;|gt;)/.test(text)),
            ...texts(message).filter((text) => text.includes('*Approved by security*\n')),
            ...formatted(message)
              .map(withoutCode)
              .filter((text) => /~|_italic_|\*bold\*|`/.test(text)),
          ];
          if (spoilt.length > 0) throw new Error(`markup from outside: ${spoilt[0]}`);
        }
      }),
      { numRuns: 3_400 },
    );
  }, 120_000);

  /** The texts in which Slack formats. */
  function formatted({ blocks }: SlackMessage): string[] {
    const found: string[] = [];
    JSON.stringify(blocks, (_, value: unknown) => {
      const { type, text } = (value ?? {}) as { type?: string; text?: string };
      if (type === 'mrkdwn' && text !== undefined) found.push(text);
      return value;
    });
    return found;
  }

  /** Code is shown to the letter; its ends must pair. */
  function withoutCode(text: string): string {
    const blocks = text.replaceAll(/```[^`]*```/g, '');
    return blocks.replaceAll(/`[^`\n]*`/g, '');
  }

  it('mentions the person concerned only by the member id that the contract allows', () => {
    expect(json(slackMessage(held({ slackMember: 'U012AB3CD' }), around))).toContain(
      '<@U012AB3CD>',
    );
    expect(json(slackMessage(held({ slackMember: null }), around))).not.toContain('<@');
  });
});
