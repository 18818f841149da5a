import { forceMfaInline } from '../../functions/domain/rules/force-mfa.ts';
import { MemoryDeployment } from './memory-deployment.ts';

/** The enforcer's stack, and three users blocked by three methods. */
export function deployed(status?: string): MemoryDeployment {
  const aws = new MemoryDeployment().install();
  aws.deployed({ Mode: 'enforce', InlineDeny: 'yes' }, status);
  const { iam } = aws;
  const inline = { ForceMFA: forceMfaInline('aws', 'console') };
  iam.put('by-policy', { policies: [iam.policyArn] });
  iam.put('by-group', { groups: ['ForceMFA'] });
  iam.put('by-inline', { inline });
  iam.put('free', { groups: ['developers'] });
  return aws;
}

/** Their names. */
export const USERS = ['by-policy', 'by-group', 'by-inline'];

/** The users with any block method. */
export const blocked = ({ iam }: MemoryDeployment) =>
  USERS.filter((name) => {
    const { policies = [], groups = [], inline = {} } = iam.user(name) ?? {};
    return policies.length + groups.length + Object.keys(inline).length > 0;
  });

/** What a removal must change, and what not. */
export const endOf = (aws: MemoryDeployment) => ({
  blocked: blocked(aws),
  stacks: aws.stacks.existing.map(({ status }) => status),
  buckets: [...aws.buckets.keys()],
  others: aws.iam.user('free')?.groups,
});

/** After a removal. */
export const END = { blocked: [], stacks: [], buckets: [], others: ['developers'] };
