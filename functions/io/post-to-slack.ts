/** Slack did not take a message. The webhook's URL is a secret and in no error. */
class SlackRefused extends Error {
  override readonly name = 'SlackRefused';
  readonly status: number | undefined;
  constructor(problem: string, status?: number) {
    super(`Slack did not take the message: ${problem}`);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;

/**
 * Posts one message to an incoming webhook. Redirects are not followed.
 * @param webhook the webhook's URL, already checked
 * @param message the JSON payload
 * @throws SlackRefused on any answer but 2xx, a time-out, or no connection
 */
export async function postToSlack(webhook: URL, message: object): Promise<void> {
  let response: Response;
  try {
    response = await fetch(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    // fetch's own message may hold the URL: name the kind of failure only.
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    throw new SlackRefused(timedOut ? `no answer in ${TIMEOUT_MS / 1000} s` : 'no connection');
  }
  await response.body?.cancel();
  if (!response.ok) throw new SlackRefused(`HTTP ${response.status}`, response.status);
}
