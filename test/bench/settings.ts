import type { Settings } from '../../functions/domain/settings.ts';

const ACCOUNT = '111122223333';
const POLICY = `arn:aws:iam::${ACCOUNT}:policy/ForceMFA`;

/** The default deployment, with no limit in the way. */
export const settingsOfBench: Settings = {
  mode: 'enforce',
  scope: 'all-users',
  release: 'on-enrolment',
  exemptTags: [{ key: 'userType', value: 'Service' }],
  exemptPassword: 'keep',
  account: ACCOUNT,
  enforcerRole: 'OnIamChangeRole',
  policyArn: POLICY,
  denyGroup: 'ForceMFA',
  boundaryArn: `${POLICY}-boundary`,
  inlinePolicyName: 'ForceMFA',
  boundaryDeny: true,
  inlineDeny: false,
  slackMentions: false,
  holdLimit: 9999,
};
