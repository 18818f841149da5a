import fc from 'fast-check';
import type { ExemptTag } from '../../../functions/domain/rules/exempt-tags.ts';
import type { Settings } from '../../../functions/domain/rules/settings.ts';
import type { UserFacts } from '../../../functions/domain/rules/user-facts.ts';
import { ACCOUNT, POLICY, settingsWith } from '../../fakes/settings.ts';

/** The times at which the tests' exemptions have not ended, end and have ended. */
export const anyTime = fc
  .integer({ min: Date.parse('2026-02-20T00:00:00Z'), max: Date.parse('2026-03-10T00:00:00Z') })
  .map((ms) => new Date(ms));

const tagKey = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('userType', 'USERTYPE', 'team', 'mfa-exempt-until') },
  { weight: 1, arbitrary: fc.constantFrom('mfa-enforcer:break-glass', 'MFA-Enforcer:Break-Glass') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString') },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 128 }) },
);
const tagValue = fc.oneof(
  fc.constantFrom('Service', 'sERVICE', 'Human', 'robots:night', 'true', 'false'),
  fc.constantFrom('2026-02-28', '2026-03-01', '2026-02-30', '2027-01-01', 'soon', ''),
  fc.string({ maxLength: 256 }),
);

const tellingTag = fc.constantFrom<[string, string][]>(
  ['userType', 'Service'],
  ['MFA-Enforcer:Break-Glass', 'True'],
  ['mfa-exempt-until', '2026-03-01'],
);

/** A user's tags: IAM lets no user have two keys that differ in case only. */
export const anyTags: fc.Arbitrary<Record<string, string>> = fc
  .uniqueArray(fc.oneof(fc.tuple(tagKey, tagValue), tellingTag), {
    selector: ([key]) => key.toLowerCase(),
    maxLength: 5,
  })
  .map((pairs) => Object.fromEntries(pairs));

const exemptTags: fc.Arbitrary<ExemptTag[]> = fc.subarray([
  { key: 'userType', value: 'Service' },
  { key: 'team', value: 'robots:night' },
  { key: 'constructor', value: 'Service' },
]);

/** Everything of a user that a decision may rest on. */
export const allFacts: fc.Arbitrary<Required<Omit<UserFacts, 'mfaActive'>>> = fc.record({
  user: fc.constant('dana'),
  profile: fc.record({
    arn: fc.constant(`arn:aws:iam::${ACCOUNT}:user/dana`),
    tags: anyTags,
    boundary: fc.constant(null),
  }),
  devices: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 3 }),
  password: fc.boolean(),
  attachments: fc.record({
    methods: fc.subarray(['managed-policy', 'deny-group', 'boundary', 'inline-policy'] as const),
    policies: fc.subarray([POLICY, 'other']),
  }),
});

/** A partly read user: any part may be missing. */
export const someFacts: fc.Arbitrary<UserFacts> = fc
  .tuple(allFacts, fc.subarray(['profile', 'devices', 'password', 'attachments'] as const))
  .map(([facts, read]) => ({
    user: facts.user,
    ...Object.fromEntries(read.map((one) => [one, facts[one]])),
  }));

export const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    mode: fc.constantFrom<Settings['mode']>('enforce', 'observe'),
    scope: fc.constantFrom<Settings['scope']>('all-users', 'console-users', 'no-users'),
    unblock: fc.constantFrom<Settings['unblock']>('on-enrolment', 'never'),
    exemptPassword: fc.constantFrom<Settings['exemptPassword']>('keep', 'ends-exemption'),
    exemptTags,
    blockLimit: fc.oneof(fc.constant('auto' as const), fc.nat({ max: 9999 })),
  })
  .map(settingsWith);
