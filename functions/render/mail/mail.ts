import { mfaDeviceKind } from '../../domain/accounts/mfa-device-kind.ts';
import type { Partition } from '../../domain/rules/partition.ts';
import type { Settings } from '../../domain/rules/settings.ts';
import { signInUrl } from '../console-links.ts';
import { mfaDeviceText } from '../mfa-device-text.ts';
import { namedUnseen } from '../terminal-text.ts';
import { mailHtml } from './mail-html.ts';
import { mailPlain } from './mail-plain.ts';
import {
  type Content,
  type MailText,
  type PartName,
  type Placeholder,
  placeholdersOf,
  type Span,
} from './mail-text.ts';

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
  const subject = fill(subjects[stage] ?? subjects.started, values);
  const blocks = body
    .flatMap((block) => (block.kind === 'part' ? partOf(text, block.name, context) : block))
    .flatMap((block) => filled(block, values));
  return { subject, text: mailPlain(blocks), html: mailHtml(subject, text.language, blocks) };
}

/** The blocks of a part, as the deployment's settings choose it. */
function partOf({ parts }: MailText, name: PartName, { enrolWith, unblock }: MailContext) {
  if (name === 'EnrolWith') return parts[`EnrolWith: ${enrolWith}`];
  if (name === 'Unblock') return parts[`Unblock: ${unblock}`];
  return parts[name];
}

/** Each value is one line. One that is not known is missing. */
type Values = Readonly<Partial<Record<Placeholder, string>>>;

function valuesOf(content: MailContent, context: MailContext): Values {
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
    if (device !== null) values.device = `${mfaDeviceText[mfaDeviceKind(device)]} ${device}`;
    if (place !== null) values.place = place;
  }
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, namedUnseen(value)]),
  );
}

/** Mail programs make links of such words themselves. An account's name is free text, and its id says the same. */
function looksLikeAddress(text: string): boolean {
  return /:\/\/|\w\.\w|@/.test(text);
}

/** "2026-12-01 14:00 UTC": the same in every language. */
function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function fill(template: string, values: Values): string {
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name: Placeholder) => values[name] ?? '');
}

/** A block with its values. A paragraph or an entry of a list that names a value that is not known is left out. */
function filled(block: Content, values: Values): Content[] {
  const isKnown = (spans: readonly Span[]) =>
    spans.flatMap(({ text }) => placeholdersOf(text)).every((name) => name in values);
  const spansOf = (spans: readonly Span[]) =>
    spans.map((span) => ({ ...span, text: fill(span.text, values) }));
  switch (block.kind) {
    case 'code':
      return [{ ...block, text: fill(block.text, { ...values, user: commandWord(values.user) }) }];
    case 'list': {
      const items = block.items.filter(isKnown).map(spansOf);
      return items.length === 0 ? [] : [{ ...block, items }];
    }
    case 'heading':
    case 'paragraph':
      return isKnown(block.spans) ? [{ ...block, spans: spansOf(block.spans) }] : [];
  }
}

/** IAM's names mean nothing to a shell; a name that would is not filled in. */
function commandWord(user = ''): string {
  return /^[\w+=,.@-]+$/.test(user) ? user : 'USER';
}
