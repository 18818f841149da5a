import { formatExemptTags } from './exempt-tags.ts';
import type { Settings } from './settings.ts';

/** The settings that a decision was made by, for whoever has to see that they are the deployment's. */
export function settingsWords({
  scope,
  release,
  enrolWith,
  exemptTags,
  exemptUsers,
  exemptPassword,
  holdLimit,
}: Settings): string {
  const tags = formatExemptTags(exemptTags);
  return [
    `scope ${scope}`,
    `release ${release}`,
    ...(enrolWith === 'console' ? [] : [`enrol with ${enrolWith}`]),
    `exempt tags ${tags === '' ? 'none' : tags}`,
    ...(exemptUsers.length === 0 ? [] : [`exempt users ${exemptUsers.join(',')}`]),
    ...(exemptPassword === 'keep' ? [] : [`exempt password ${exemptPassword}`]),
    `hold limit ${holdLimit}`,
  ].join(', ');
}
