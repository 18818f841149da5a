import { AttachUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterEach, describe, expect, it } from 'vitest';
import { iamErrors, mayBeDone } from '../../../functions/domain/review/iam-errors.ts';
import { iamClientOf } from '../../../functions/runtime/clients.ts';
import { iamClientOver } from '../../fakes/iam-client.ts';
import { type awsErrors, IamEndpoint } from '../../fakes/iam-endpoint.ts';
import { START } from '../../fakes/settings.ts';
import { inVirtualTime } from '../../fakes/virtual-time.ts';

type Code = keyof typeof awsErrors;

const ATTEMPTS = 6;
const ATTACH = new AttachUserPolicyCommand({
  UserName: 'dana',
  PolicyArn: 'arn:aws:iam::111122223333:policy/ForceMFA',
});

/** Makes IAM answer a deployed client with an error a number of times. */
function attach(code: Code, times: number) {
  return inVirtualTime(START, async () => {
    const endpoint = new IamEndpoint();
    endpoint.iam.put('dana');
    endpoint.failNext('AttachUserPolicy', code, times);
    const config = { retryMode: 'adaptive', maxAttempts: ATTEMPTS };
    const client = iamClientOver(endpoint, config, 50);
    const error = await client.send(ATTACH).then(
      () => null,
      (thrown: Error) => thrown,
    );
    // After throttling the client slows down, and its next call waits.
    const since = Date.now();
    await client.send(ATTACH).catch(() => undefined);
    return { error, calls: endpoint.counts.AttachUserPolicy, nextTook: Date.now() - since };
  });
}

describe('a call of IAM that fails', () => {
  const rows = Object.entries(iamErrors).map(([code, row]) => [code, row.retry, row] as const);

  it.each(rows)('with %s is treated as %s', async (code, retry) => {
    const attempts = retry === 'CLIENT_ERROR' ? 1 : ATTEMPTS;
    const { value } = await attach(code as Code, attempts);
    expect(value.error?.name.replace(/Exception$/, '')).toBe(code);
    expect(value.calls).toBe(attempts + 1);
    if (retry !== 'THROTTLING') expect(value.nextTook).toBeLessThan(200);
  });

  it.each(['ConcurrentModification', 'EntityTemporarilyUnmodifiable'] as const)(
    'with %s for a moment is done within two seconds',
    async (code) => {
      const { value, ms } = await attach(code, ATTEMPTS - 1);
      expect(value.error).toBeNull();
      expect(ms).toBeLessThan(2_000);
    },
  );

  it('with an error that is not in the table is not tried again, if the SDK does not', async () => {
    const { value } = await attach('DeleteConflict', 1);
    expect(value).toMatchObject({ error: { name: 'DeleteConflictException' }, calls: 2 });
  });
});

describe('a call that IAM refuses at its last attempt', () => {
  const attachAfter = (codes: readonly Code[]) =>
    inVirtualTime(START, async () => {
      const endpoint = new IamEndpoint();
      endpoint.iam.put('dana');
      for (const code of codes) endpoint.failNext('AttachUserPolicy', code, 1);
      const client = iamClientOver(endpoint, { maxAttempts: codes.length }, 50);
      const error = await client.send(ATTACH).catch((thrown: Error) => thrown);
      return { error, calls: endpoint.counts.AttachUserPolicy };
    });

  it.each<[string, readonly Code[], boolean]>([
    [
      'was refused at each',
      ['ConcurrentModification', 'Throttling', 'ConcurrentModification'],
      false,
    ],
    ['failed at the first', ['ServiceFailure', 'ConcurrentModification', 'LimitExceeded'], true],
    ['failed in between', ['Throttling', 'InternalFailure', 'ConcurrentModification'], true],
    ['failed at the last', ['Throttling', 'ServiceFailure'], true],
  ])('and %s, may be done: %s', async (_, codes, expected) => {
    const { value } = await attachAfter(codes);
    expect(value.calls).toBe(codes.length);
    expect(mayBeDone(value.error)).toBe(expected);
  });
});

describe('the attempts', () => {
  afterEach(() => {
    delete process.env.AWS_MAX_ATTEMPTS;
  });

  it('are those of the SDK’s own configuration, where the client’s says nothing', async () => {
    process.env.AWS_MAX_ATTEMPTS = '2';
    const endpoint = new IamEndpoint();
    endpoint.failNext('AttachUserPolicy', 'ConcurrentModification');
    await expect(iamClientOver(endpoint, {}, 0).send(ATTACH)).rejects.toThrow(/simultaneously/);
    expect(endpoint.counts).toEqual({ AttachUserPolicy: 2 });
  });

  it('share one strategy among all calls of a client', async () => {
    const client = iamClientOf({ region: 'us-east-1' });
    const [one, other] = [await client.config.retryStrategy(), await client.config.retryStrategy()];
    expect(one).toBe(other);
  });
});
