const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;
const INCOMING = /^\/services(\/[A-Za-z0-9]+){3}$/;

/** Whether a URL can only reach this machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/**
 * Accepts only Slack's incoming webhooks, so that outcomes go nowhere else and are taken as they are.
 * @param text the webhook's URL, a secret; white space around it does not count
 * @param allowLoopback in the local run
 * @returns the URL
 * @throws Error that says what the text is instead, and does not contain it
 */
export function checkWebhook(text: string, allowLoopback: boolean): URL {
  const problem = webhookProblem(text, allowLoopback);
  if (problem !== null) throw new Error(`The Slack webhook is ${problem}`);
  return new URL(text);
}

/** What a text is that is no webhook to post to, without the text itself; null where it is one. */
export function webhookProblem(text: string, allowLoopback: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && allowLoopback && isLoopback(url)) return null;
  const other = otherThanWebhook(url);
  const right = SLACK_HOSTS.map((host) => `https://${host}/services/…`).join(' or ');
  return other && `${other}: it must be an incoming webhook, ${right}`;
}

/** What a URL is that is no incoming webhook of Slack's. */
function otherThanWebhook(url: URL | null): string | null {
  if (url === null) return 'no URL';
  if (!SLACK_HOSTS.includes(url.hostname)) return 'a URL of another host than Slack’s';
  if (url.protocol !== 'https:') return 'no https URL';
  // fetch refuses a URL with credentials.
  if (url.port + url.username + url.password !== '')
    return 'a URL with a port, a user or a password';
  // Both take the fields of a workflow's own, and answer {"ok":true} whatever becomes of them.
  if (url.pathname.startsWith('/triggers/')) return 'a workflow’s trigger (/triggers/…)';
  if (url.pathname.startsWith('/workflows/')) return 'a workflow’s webhook (/workflows/…)';
  if (!url.pathname.startsWith('/services/')) return 'another URL of Slack’s';
  return INCOMING.test(url.pathname) ? null : 'an incoming webhook that is cut off or damaged';
}
