import { readFileSync } from 'node:fs';

// infra/bundle.ts replaces it with the text of functions/render/mail/mail-text.md.
declare const MFA_ENFORCER_MAIL_TEXT: string | undefined;

/** The text of the mails where the deployment has none of its own, for parseMailText. */
export const defaultMailText: string =
  typeof MFA_ENFORCER_MAIL_TEXT === 'string'
    ? MFA_ENFORCER_MAIL_TEXT
    : readFileSync(new URL('../render/mail/mail-text.md', import.meta.url), 'utf8');
