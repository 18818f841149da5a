const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];
const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** Whether a URL can only reach this machine. */
export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/**
 * Accepts only Slack's own hosts, so that outcomes go nowhere else.
 * @param text the webhook's URL, a secret; white space around it does not count
 * @param allowLoopback in the local run
 * @returns the URL
 * @throws Error that does not hold the URL
 */
export function checkWebhook(text: string, allowLoopback: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSlack =
    url?.protocol === 'https:' &&
    SLACK_HOSTS.includes(url.host) &&
    // fetch refuses a URL with credentials.
    url.username + url.password === '';
  if (url && (isSlack || (allowLoopback && isLoopback(url)))) return url;
  throw new Error(
    `The Slack webhook is none: it must begin with ${SLACK_HOSTS.map((host) => `https://${host}/`).join(' or ')}`,
  );
}
