import {
  type ProtectedNames,
  protectingScp,
} from '../../functions/domain/deployment/protecting-scp.ts';

/** The names of the sample: it fits every stack whose name begins with iam-mfa-enforcer. */
export const sampleNames: ProtectedNames = {
  stack: 'iam-mfa-enforcer',
  policyName: 'ForceMFA',
  exemptKeys: ['userType'],
  parameters: ['/mfa-enforcer/*'],
  admins: ['role/SecurityAdmin'],
  boundaryDeny: true,
  inlineDeny: true,
};

/** The sample SCP in infra/scp. */
export function sampleScpFile(): { file: string; text: string } {
  const text = `${JSON.stringify(protectingScp(sampleNames), null, 2)}\n`;
  return { file: 'infra/scp/protect-mfa-enforcer.json', text };
}
