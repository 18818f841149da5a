import { mfaDeviceKind } from '../../domain/accounts/mfa-device-kind.ts';
import type { Partition } from '../../domain/rules/partition.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { signInUrl } from '../console-links.ts';
import { mfaDeviceText } from '../mfa-device-text.ts';
import { namedUnseen } from '../terminal-text.ts';
import { mailHtml } from './mail-html.ts';
import { mailPlain } from './mail-plain.ts';
import type { Content, MailText, PartName, Placeholder, Span } from './mail-text.ts';

/** A mail as it is sent: its subject, and the same text twice. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  /** A whole document. */
  readonly html: string;
}

/** What a mail needs to know besides what it is about. */
export interface MailContext {
  readonly user: string;
  /** 12 digits. */
  readonly account: string;
  /** The account's alias or name; null where none is known. */
  readonly accountLabel: string | null;
  readonly partition: Partition;
  readonly enrolWith: Settings['enrolWith'];
  readonly unblock: Settings['unblock'];
  /** Whom the user asks for help; null: the account's administrators. */
  readonly helpContact: string | null;
  /** The sender's address. */
  readonly from: string;
  /** The outcome that the mail is about, for administrators to find it. */
  readonly outcomeId: string;
}

/** What a mail is about. Times are ISO 8601 in UTC. */
export type MailContent =
  | { readonly kind: 'blocked'; readonly at: string }
  | {
      readonly kind: 'unblocked';
      readonly at: string;
      /** The serial number of the device; null where no enrolment is known. */
      readonly device: string | null;
      /** From where it was enrolled; null where it is not known. */
      readonly place: string | null;
    }
  | {
      readonly kind: 'reminder';
      readonly until: string;
      readonly stage: 'started' | 'half-time' | 'last';
    }
  | { readonly kind: 'exemption-ending'; readonly until: string };

/**
 * One mail. What is filled in is text wherever it stands: it makes no markup, no link, no header and no line.
 * @param text what parseMailText has read
 */
export function composeMail(text: MailText, content: MailContent, context: MailContext): Mail {
  const { subjects, body } = text.mails[content.kind];
  const stage = content.kind === 'reminder' ? content.stage : 'started';
  const values = valuesOf(content, context);
  const fill = (template: string) =>
    template.replaceAll(/\{\{([^{}]+)\}\}/g, (_, name: Placeholder) => values[name] ?? '');
  const subject = fill(subjects[stage] ?? subjects.started);
  const blocks = body
    .flatMap((block) => (block.kind === 'part' ? partOf(text, block.name, context) : block))
    .map((block) => filled(block, fill, commandWord(context.user)));
  return { subject, text: mailPlain(blocks), html: mailHtml(subject, text.language, blocks) };
}

/** The blocks of a part, as the deployment's settings choose it. */
function partOf({ parts }: MailText, name: PartName, { enrolWith, unblock }: MailContext) {
  if (name === 'EnrolWith') return parts[`EnrolWith: ${enrolWith}`];
  if (name === 'Unblock') return parts[`Unblock: ${unblock}`];
  return parts[name];
}

function valuesOf(
  content: MailContent,
  context: MailContext,
): Readonly<Partial<Record<Placeholder, string>>> {
  const { user, account, accountLabel, partition, helpContact, from, outcomeId } = context;
  const label = accountLabel === null || looksLikeAddress(accountLabel) ? '' : accountLabel.trim();
  const values: Partial<Record<Placeholder, string>> = {
    user,
    account: label === '' ? account : `${account} (${label})`,
    'account-id': account,
    partition,
    console: signInUrl(partition, account, null),
    help: helpContact ?? 'your AWS administrators',
    from,
    id: outcomeId,
  };
  if ('at' in content) values.at = timeText(content.at);
  if ('until' in content) values.until = timeText(content.until);
  if (content.kind === 'unblocked') {
    const { device, place } = content;
    values.device =
      device === null ? NOT_KNOWN : `${mfaDeviceText[mfaDeviceKind(device)]} ${device}`;
    values.place = place ?? NOT_KNOWN;
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, namedUnseen(value)]),
  );
}

const NOT_KNOWN = 'not known';

/** Mail programs make links of such words themselves. An account's name is free text, and its id says the same. */
function looksLikeAddress(text: string): boolean {
  return /:\/\/|\w\.\w|@/.test(text);
}

/** "2026-12-01 14:00 UTC": the same in every language. */
function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** IAM's names mean nothing to a shell. A placeholder, where the name is none. */
function commandWord(user: string): string {
  return /^[\w+=,.@-]+$/.test(user) ? user : 'USER';
}

function filled(
  block: Content,
  fill: (template: string) => string,
  userInCommand: string,
): Content {
  const spans = (all: readonly Span[]) => all.map((span) => ({ ...span, text: fill(span.text) }));
  switch (block.kind) {
    case 'code':
      return { ...block, text: fill(block.text.replaceAll('{{user}}', () => userInCommand)) };
    case 'list':
      return { ...block, items: block.items.map(spans) };
    case 'heading':
    case 'paragraph':
      return { ...block, spans: spans(block.spans) };
  }
}
