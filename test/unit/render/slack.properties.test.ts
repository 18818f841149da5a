import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Outcome } from '../../../events/outcome.ts';
import { sampleOutcomes } from '../../../functions/commands/preview.ts';
import type { SlackMessage } from '../../../functions/render/slack/blocks.ts';
import { digest, isDigestible } from '../../../functions/render/slack/digest.ts';
import { slackMessage } from '../../../functions/render/slack/kinds.ts';
import { organizationSwept } from '../../fakes/outcomes.ts';
import { context } from '../../fakes/slack-around.ts';
import { withinLimits } from '../../fakes/slack-limits.ts';

const all = Object.values(sampleOutcomes);

describe('text from outside', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<!date^0^{date}|now>',
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
    const time = /<!date\^\d+\^\{date_short_pretty\} \{time\}\|[\d: -]+ UTC>/g;
    return found.map((one) => one.replaceAll(own, '').replaceAll(time, ''));
  }

  /** An organization whose every name is text from outside. */
  function organizationOf(accountName: string, alias: string, code: string) {
    const named = { accountName, alias };
    const [finding] = organizationSwept().withFindings;
    const unswept = ['role-not-assumable', code, code].map((one, index) => ({
      ...named,
      account: '111122223333',
      why: { code: one, text: index === 2 ? alias : accountName },
    }));
    const user = { ...named, account: '111122223333', user: accountName };
    return {
      organization: code,
      accounts: { listed: 9, swept: 3, unswept: 3, inactive: 0, observing: 1 },
      unswept,
      withFindings: [
        { ...finding, ...named },
        { ...finding, ...named, mode: 'observe' },
        { ...finding, ...named, totals: { ...finding?.totals, unprotected: 0 } },
      ],
      breakGlassWithoutMfa: [user],
      endingExemptions: [{ ...user, until: alias }],
    };
  }

  it('makes no markup and no mention (3,000 hostile names, tags and actors)', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (name, tag, who) => {
        const cause = {
          kind: 'event' as const,
          eventId: who,
          eventName: tag,
          eventTime: '2026-03-01T12:00:00Z',
          actor: { type: 'IAMUser', name: who, sourceIp: tag },
        };
        const reasons = [{ code: tag, text: `exempt by the tag ${tag}` }];
        const outcomes = all.map((outcome) => ({
          ...outcome,
          alias: tag,
          accountName: name,
          slackMember: null,
          ...('user' in outcome ? { user: name, reasons } : {}),
          ...('cause' in outcome ? { cause } : {}),
          ...('why' in outcome ? { why: { code: tag, text: name } } : {}),
          ...('what' in outcome ? { resource: name } : {}),
          ...('policyArn' in outcome ? { policyArn: tag } : {}),
          ...('users' in outcome ? { users: [name], total: 1, why: name } : {}),
          ...('withFindings' in outcome ? organizationOf(name, tag, who) : {}),
          ...('blockedUsers' in outcome
            ? { blockedUsers: [name], breakGlassWithoutMfa: [tag] }
            : {}),
        })) as Outcome[];
        const messages = [
          ...outcomes.map((outcome) => slackMessage(outcome, context)),
          digest(outcomes.filter(isDigestible), context),
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
      { numRuns: 1_000 },
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
});
