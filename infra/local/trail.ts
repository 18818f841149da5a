import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SendEmailRequest } from '@aws-sdk/client-sesv2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cloudTrailRecord } from './cloudtrail.ts';
import { startDelivery } from './delivery.ts';
import { type EventSourceSwitches, withoutSwitch, withSwitch } from './event-source-switches.ts';
import { localClient } from './local-client.ts';
import { listening } from './loopback.ts';
import {
  answerOf,
  asVerified,
  generatedNow,
  mailAccountAnswer,
  policiesOf,
  refusalOf,
  showOutputs,
} from './quirks.ts';

type TrailRecord = Record<string, unknown>;

/** What happens to an event: delivery from CloudTrail to EventBridge is best effort. */
type Fate = 'deliver' | 'lose';

/** A mail that SES has taken. */
interface LocalMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Trail {
  /** The endpoint that records IAM calls. All other calls pass through. */
  readonly endpoint: string;
  /** Decides the fate of events still to come. */
  fate: (record: TrailRecord) => Fate;
  /** The functions that answer Lambda's Invoke, by name: moto runs none. */
  readonly functions: Map<string, { invoke(event: unknown): Promise<unknown> }>;
  /** The event sources of the stack, which calls to the endpoint switch on and off. */
  readonly eventSources: EventSourceSwitches;
  /** The mails that SES has taken, oldest first. moto keeps only one body of a mail. */
  readonly mails: readonly LocalMail[];
  /** All records so far, oldest first, including lost ones. */
  readonly records: readonly TrailRecord[];
  /** The account that sent an event: EventBridge states it, moto loses it between accounts. */
  senderOf(eventId: string): string | null;
  stop(): Promise<void>;
}

/**
 * A proxy in front of moto that sends every mutating IAM call to EventBridge, failed calls, too, like CloudTrail, as long as
 * nothing stands in the event's way. moto lacks both.
 * @param motoEndpoint moto on loopback
 */
export async function startTrail(motoEndpoint: string): Promise<Trail> {
  const target = new URL(motoEndpoint);
  const identities = new Map<string, Promise<{ arn: string; account: string }>>();
  const records: TrailRecord[] = [];
  const mails: LocalMail[] = [];
  const functions: Trail['functions'] = new Map();
  const eventSources: EventSourceSwitches = new Map();
  const delivery = startDelivery(motoEndpoint);
  const trail = { fate: (): Fate => 'deliver' } as Pick<Trail, 'fate'>;

  const record = async (call: {
    request: IncomingMessage;
    body: Buffer;
    status: number;
    response: Buffer;
  }) => {
    const key = accessKeyOf(call.request);
    const identity = identities.get(key) ?? callerIdentity(motoEndpoint, key);
    identities.set(key, identity);
    const made = cloudTrailRecord({
      request: call.body.toString(),
      status: call.status,
      response: call.response.toString(),
      identity: await identity,
      sourceIp: call.request.socket.remoteAddress ?? '',
      userAgent: String(call.request.headers['user-agent'] ?? ''),
      at: new Date(),
    });
    if (made === null) return;
    records.push(made);
    if (trail.fate(made) === 'lose') return;
    // The event goes to the bus of the call's account. moto knows the account by the caller's access key.
    const caller = { accessKeyId: key, secretAccessKey: 'local' };
    const { account } = await identity;
    const event = { source: 'aws.iam', 'detail-type': DETAIL_TYPE, account, detail: made };
    if (!(await delivery.reaches(event, caller))) return;
    const events = localClient(EventBridgeClient, motoEndpoint, caller);
    await events.send(
      new PutEventsCommand({
        Entries: [{ Source: event.source, DetailType: DETAIL_TYPE, Detail: JSON.stringify(made) }],
      }),
    );
    events.destroy();
  };

  const server = createServer((request, response) => {
    const [, invoked = ''] = INVOKE.exec(request.url ?? '') ?? [];
    const called = functions.get(decodeURIComponent(invoked));
    if (called !== undefined) {
      void invoke(request, response, called);
      return;
    }
    void passThrough(request, response, target, eventSources)
      .then(async (call) => {
        if (serviceOf(request) === 'iam') await record({ request, ...call });
        if (request.url === SEND_EMAIL && call.status === 200) mails.push(mailOf(call.body));
      })
      .catch((error: Error) => {
        if (!response.headersSent) response.writeHead(502);
        response.end(error.message);
      });
  });
  const endpoint = await listening(server);
  return Object.assign(trail, {
    functions,
    endpoint,
    eventSources,
    mails,
    records,
    senderOf: (eventId: string) => {
      const found = records.find(({ eventID }) => eventID === eventId);
      return found === undefined ? null : String(found.recipientAccountId);
    },
    stop: async () => {
      delivery.stop();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

const DETAIL_TYPE = 'AWS API Call via CloudTrail';

// SES API v2 reference, SendEmail.
const SEND_EMAIL = '/v2/email/outbound-emails';

function mailOf(body: Buffer): LocalMail {
  const { FromEmailAddress, Destination, Content } = JSON.parse(
    body.toString(),
  ) as SendEmailRequest;
  const { Subject, Body } = Content?.Simple ?? {};
  return {
    from: FromEmailAddress ?? '',
    to: Destination?.ToAddresses ?? [],
    subject: Subject?.Data ?? '',
    text: Body?.Text?.Data ?? '',
    html: Body?.Html?.Data ?? '',
  };
}

// Lambda API reference, Invoke.
const INVOKE = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Answers Invoke. An invocation of type Event is answered before the function ends. */
async function invoke(
  request: IncomingMessage,
  response: ServerResponse,
  called: { invoke(event: unknown): Promise<unknown> },
): Promise<void> {
  const body = (await bodyOf(request)).toString();
  const ended = called.invoke(JSON.parse(body || '{}')).then(
    (answer) => ({ headers: {}, answer }),
    ({ message }: Error) => ({
      headers: { 'x-amz-function-error': 'Unhandled' },
      answer: { errorMessage: message },
    }),
  );
  if (request.headers['x-amz-invocation-type'] === 'Event') {
    response.writeHead(202).end();
    return;
  }
  const { headers, answer } = await ended;
  response.writeHead(200, headers).end(JSON.stringify(answer ?? null));
}

interface Passed {
  readonly body: Buffer;
  readonly status: number;
  readonly response: Buffer;
}

async function passThrough(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: URL,
  eventSources: EventSourceSwitches,
): Promise<Passed> {
  const isLambda = serviceOf(incoming) === 'lambda';
  const path = incoming.url ?? '';
  const asked = await bodyOf(incoming);
  const body = isLambda ? withoutSwitch(eventSources, incoming.method ?? '', path, asked) : asked;
  const isIam = serviceOf(incoming) === 'iam';
  const refusal = serviceOf(incoming) === 'sts' ? await refusalOf(body.toString(), target) : null;
  const account = mailAccountAnswer(path);
  const own = refusal ?? account ?? (isIam ? answerOf(body.toString()) : null);
  if (own !== null) {
    const status = refusal === null ? 200 : 403;
    outgoing.writeHead(status, {
      'content-type': account === null ? 'text/xml' : 'application/json',
    });
    outgoing.end(own);
    return { body, status, response: Buffer.from(own) };
  }
  const afterwards = await quirksOf(incoming, body, target);
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    const { hostname, port } = target;
    const { method } = incoming;
    const headers = sized(incoming.headers, body);
    httpRequest({ hostname, port, method, headers, path }, done).once('error', fail).end(body);
  });
  const answered = await bodyOf(answer);
  const status = answer.statusCode ?? 502;
  let response = answered;
  if (isLambda && status < 300) response = withSwitch(eventSources, path, answered);
  if (isIam) response = generatedNow(answered, new Date());
  if (incoming.method === 'GET' && status === 200) response = asVerified(path, response);
  if (status === 200) await afterwards();
  outgoing.writeHead(status, sized(answer.headers, response));
  outgoing.end(response);
  return { body, status, response };
}

/** Headers whose length is that of the body, where they state one. */
function sized(headers: IncomingHttpHeaders, body: Buffer): IncomingHttpHeaders {
  if (headers['content-length'] === undefined) return headers;
  return { ...headers, 'content-length': String(body.length) };
}

/** What moto leaves out of a call, to be done after it. */
async function quirksOf(
  incoming: IncomingMessage,
  body: Buffer,
  { origin }: URL,
): Promise<() => Promise<void>> {
  const call = new URLSearchParams(serviceOf(incoming) === 'cloudformation' ? body.toString() : '');
  const stack = call.get('StackName') ?? '';
  const action = call.get('Action');
  if (action === 'ExecuteChangeSet') return () => showOutputs(origin, stack);
  if (action === 'DeleteStack') return policiesOf(origin, stack);
  return async () => undefined;
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** SigV4: Credential=<key>/<date>/<region>/<service>/aws4_request */
function credentialOf(request: IncomingMessage): string[] {
  const scope = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  return scope?.split('/') ?? [];
}

function serviceOf(request: IncomingMessage): string {
  return credentialOf(request)[3] ?? '';
}

function accessKeyOf(request: IncomingMessage): string {
  return credentialOf(request)[0] ?? 'unknown';
}

/** Reads the identity of an access key from moto, which checks no signature. */
async function callerIdentity(motoEndpoint: string, accessKeyId: string) {
  const sts = localClient(STSClient, motoEndpoint, { accessKeyId, secretAccessKey: 'local' });
  const { Arn = '', Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
  return { arn: Arn, account: Account };
}
