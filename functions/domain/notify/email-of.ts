import { EmailAddress } from '../../../events/outcome.ts';
import type { Settings } from '../rules/settings.ts';
import { type Tags, tagValue } from '../rules/user-facts.ts';

/**
 * The address that mails about a user go to.
 * The tag decides alone where the user has it: a tag without an address is no reason to try another one. Without the tag the
 * user name counts where it is an address of an allowed domain.
 * @param user the name as IAM returns it
 * @param tags the user's tags, where they were read: without them nothing is known about the tag
 * @returns one plain address; null for none, and wherever no mail is sent
 */
export function emailOf(
  user: string,
  tags: Tags | undefined,
  { notifyUsers, mode }: Pick<Settings, 'notifyUsers' | 'mode'>,
): string | null {
  // Observe mode blocks no user, so a mail would be wrong.
  if (notifyUsers === null || mode === 'observe' || tags === undefined) return null;
  const tag = tagValue(tags, notifyUsers.tag);
  if (tag !== null) return EmailAddress.safeParse(tag.trim()).data ?? null;
  const address = EmailAddress.safeParse(user).data;
  return address !== undefined && isOfDomain(address, notifyUsers.domains) ? address : null;
}

/** Not of a subdomain: another person may have an address there. The case of a domain does not count (RFC 5321, 2.4). */
function isOfDomain(address: string, domains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  return domains.some((one) => one.toLowerCase() === domain);
}

// Of RFC 1035, in ASCII: an internationalized domain has its xn-- form.
const DOMAIN =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/;

/**
 * Reads the domains of the configuration, separated by commas.
 * @throws Error that quotes what is no domain
 */
export function parseDomains(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => {
    const domain = part.trim();
    if (!DOMAIN.test(domain))
      throw new Error(`has "${domain}", which is no domain like example.com`);
    return domain;
  });
}
