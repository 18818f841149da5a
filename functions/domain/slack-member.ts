import { SlackMember } from '../../events/outcome.ts';
import type { Settings } from './settings.ts';
import { type Tags, tagValue } from './tags.ts';

/** The user's tag that names their Slack member id. */
const SLACK_TAG = 'slack';

/**
 * Whom to mention in messages about a user.
 * @param tags the user's tags, where they were read
 * @returns the member id; null where the deployment does not allow it, or the tag holds no such id
 */
export function slackMemberOf(
  tags: Tags | undefined,
  { slackMentions }: Pick<Settings, 'slackMentions'>,
): string | null {
  if (!slackMentions || tags === undefined) return null;
  return SlackMember.safeParse(tagValue(tags, SLACK_TAG)?.trim()).data ?? null;
}
