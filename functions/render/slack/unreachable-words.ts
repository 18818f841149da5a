import type { Reason } from '../../../events/outcome.ts';
import { iamEventRegionOf } from '../../domain/rules/partition.ts';
import { stackSetsUrl } from '../console-links.ts';
import { prose } from './text.ts';
import { type Around, link } from './words.ts';

/** Why nobody in an account can be looked at, in a few words of ours; null where its own words must do. */
export function whyWords({ code }: Reason): string | null {
  return known.get(code) ?? null;
}

const known: ReadonlyMap<string, string> = new Map([
  ['role-not-assumable', 'the role cannot be assumed'],
  ['account-wrong', 'the role is in another account'],
  ['spoke-wrong', 'the role’s tags say what cannot be'],
  ['late', 'the sweep has not finished'],
]);

/** Why several accounts cannot be looked at, where one code stands for all of them. */
export function whyOf(reason: Reason): string {
  return whyWords(reason) ?? prose(reason.text);
}

/**
 * Where and how to look at the spoke in an account.
 * @param account 12 digits, or a placeholder
 */
export function lookAtSpoke(account: string, { partition }: Around): string {
  const region = iamEventRegionOf(partition);
  return (
    `${link(stackSetsUrl(partition), 'the stack set')}, or with credentials of its administrator ` +
    `\`aws cloudformation list-stack-instances --region ${region} --call-as DELEGATED_ADMIN ` +
    `--stack-set-name STACKSET --stack-instance-account ${account}\` ` +
    '(`--call-as SELF` in the management account)'
  );
}
