import type { Settings } from '../../functions/domain/rules/settings.ts';

export const ACCOUNT = '111122223333';
export const POLICY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA`;
export const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA-boundary`;
export const START = Date.parse('2026-03-01T12:00:00Z');

/** The default settings, with what a test changes. */
export function settingsWith(change: Partial<Settings> = {}): Settings {
  return {
    mode: 'enforce',
    scope: 'all-users',
    unblock: 'on-enrolment',
    exemptTags: [{ key: 'userType', value: 'Service' }],
    exemptUsers: [],
    enrolWith: 'console',
    exemptPassword: 'keep',
    account: ACCOUNT,
    enforcerRole: 'OnIamChangeRole',
    policyArn: POLICY,
    denyGroup: 'ForceMFA',
    boundaryArn: BOUNDARY,
    inlinePolicyName: 'ForceMFA',
    boundaryDeny: false,
    inlineDeny: false,
    reportCredentials: true,
    orphanDevices: 'report',
    slackMentions: false,
    graceHours: 0,
    notifyUsers: null,
    // Enough for tests that are about something else.
    blockLimit: 10,
    ...change,
  };
}
