import type { IAMClient, IAMClientConfig } from '@aws-sdk/client-iam';
import { iamClientOf } from '../../functions/runtime/clients.ts';
import { type IamEndpoint, inputOf } from './iam-endpoint.ts';

/**
 * A client as in the functions, with the SDK's own retries. An endpoint in memory answers its requests without a socket, so that a
 * virtual clock can drive it.
 * @param latency the time of each answer, in ms
 */
export function iamClientOver(
  endpoint: IamEndpoint,
  config: IAMClientConfig,
  latency: number,
): IAMClient {
  return iamClientOf({
    ...config,
    region: 'us-east-1',
    credentials: { accessKeyId: 'memory', secretAccessKey: 'memory' },
    requestHandler: {
      handle: async ({ body }: { body?: string }) => {
        await new Promise((done) => setTimeout(done, latency));
        const form = new URLSearchParams(String(body));
        const answer = endpoint.answer(form.get('Action') ?? '', inputOf(form));
        return {
          response: {
            statusCode: answer.status,
            headers: { 'content-type': 'text/xml' },
            body: new TextEncoder().encode(answer.body),
          },
        };
      },
    } as unknown as NonNullable<IAMClientConfig['requestHandler']>,
  });
}
