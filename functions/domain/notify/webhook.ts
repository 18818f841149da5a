const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;
const INCOMING = /^\/services(\/[A-Za-z0-9]+){3}$/;

/** Whether a URL can only reach this machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/**
 * Accepts only Slack's incoming webhooks: outcomes go nowhere else, and Slack shows them unchanged.
 * @param text the webhook's URL, a secret; white space around it does not count
 * @param allowLoopback in the local run
 * @returns the URL
 * @throws Error that says what is wrong, without the text itself
 */
export function checkWebhook(text: string, allowLoopback: boolean): URL {
  const problem = webhookProblem(text, allowLoopback);
  if (problem !== null) throw new Error(`The Slack webhook is ${problem}`);
  return new URL(text);
}

/** What is wrong with a text that is not a webhook to post to, without the text itself; null where nothing is wrong. */
export function webhookProblem(text: string, allowLoopback: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && allowLoopback && isLoopback(url)) return null;
  const other = otherThanWebhook(url);
  const right = SLACK_HOSTS.map((host) => `https://${host}/services/…`).join(' or ');
  return other && `${other}: it must be an incoming webhook, ${right}`;
}

/** What a URL is instead of an incoming webhook of Slack. */
function otherThanWebhook(url: URL | null): string | null {
  if (url === null) return 'no URL';
  if (!SLACK_HOSTS.includes(url.hostname)) return 'a URL of another host than Slack’s';
  if (url.protocol !== 'https:') return 'no https URL';
  // fetch refuses a URL with credentials.
  if (url.port + url.username + url.password !== '')
    return 'a URL with a port, a user or a password';
  // Both take a workflow's own fields, and answer {"ok":true} even where the fields are ignored.
  if (url.pathname.startsWith('/triggers/')) return 'a workflow’s trigger (/triggers/…)';
  if (url.pathname.startsWith('/workflows/')) return 'a workflow’s webhook (/workflows/…)';
  if (!url.pathname.startsWith('/services/')) return 'another URL of Slack’s';
  return INCOMING.test(url.pathname) && url.search + url.hash === ''
    ? null
    : 'an incoming webhook that is cut off or damaged';
}
