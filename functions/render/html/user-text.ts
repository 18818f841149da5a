import type { ReportedUser } from '../../../events/report.ts';
import { day } from './format.ts';
import { html, type Markup } from './markup.ts';

/** Why a user is in that state, as one sentence without its subject. */
export function why({ reasons }: ReportedUser): string {
  const text = reasons.map((reason) => reason.text).join('; ');
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The day a user was created: IAM does not say since when a user has been without MFA. */
export function since({ createdAt }: ReportedUser): Markup {
  return createdAt === null
    ? html`not known`
    : html`<time datetime="${createdAt}">${day(createdAt)}</time>`;
}
