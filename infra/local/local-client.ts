import { isLoopback } from '../../functions/domain/notify/webhook.ts';

export interface LocalCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** moto accepts any credentials. These cannot be real ones. */
const anyone: LocalCredentials = {
  accessKeyId: 'AKIALOCALLOCALLOCAL1',
  secretAccessKey: 'local',
};

/** @throws unless the endpoint is on loopback */
export function assertLoopback(endpoint: string): void {
  if (URL.canParse(endpoint) && isLoopback(new URL(endpoint))) return;
  throw new Error(`The local run connects only to loopback, not to ${endpoint}.`);
}

interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: LocalCredentials;
  readonly useQueueUrlAsEndpoint: boolean;
  readonly forcePathStyle: boolean;
}

/**
 * An SDK client of the local AWS. CloudFormation's queue URLs name a real host: useQueueUrlAsEndpoint must
 * stay false, or the SDK would follow them.
 */
export function localClient<C>(
  Client: new (config: ClientConfig) => C,
  endpoint: string,
  credentials: LocalCredentials = anyone,
): C {
  assertLoopback(endpoint);
  return new Client({
    region: 'us-east-1',
    endpoint,
    credentials,
    useQueueUrlAsEndpoint: false,
    forcePathStyle: true,
  });
}
