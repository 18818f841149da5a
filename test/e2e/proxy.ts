import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';

/** A call of AWS's API on its way. */
export interface Call {
  /** As in a policy: "sqs:GetQueueAttributes". */
  readonly action: string;
  /** Of a REST call: what it is about. */
  readonly path: string;
  /** Who calls: the access key of the signature. */
  readonly accessKey: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer | string;
}

export interface WireProxy {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Passes the call on to AWS. @param body another body than the call's own */
export type Pass = (body?: string) => Promise<Answer>;

/** @returns an answer for the caller, or "reset" for its connection */
type Handle = (call: Call, pass: Pass) => Promise<Answer | 'reset'>;

/**
 * Starts a proxy on loopback in front of AWS.
 * @param target the endpoint behind it
 */
export async function startProxy(target: string, handle: Handle): Promise<WireProxy> {
  const server = createServer((incoming, outgoing) => {
    serve(target, handle, incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function serve(
  target: string,
  handle: Handle,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await bodyOf(incoming);
  const { headers, url = '' } = incoming;
  const [accessKey = ''] = credentialOf(incoming);
  const action = actionOf(incoming, body.toString());
  const path = decodeURIComponent(url.split('?')[0] ?? '');
  const call = { action, path, accessKey, headers, body: body.toString() };
  const answer = await handle(call, (other) =>
    passOn(target, incoming, other === undefined ? body : Buffer.from(other)),
  );
  if (answer === 'reset') incoming.socket.resetAndDestroy();
  else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

async function passOn(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { hostname, port } = new URL(target);
  const { method, url: path } = incoming;
  const headers = { ...incoming.headers, 'content-length': String(body.length) };
  const answer = await new Promise<IncomingMessage>((done, fail) => {
    request({ hostname, port, method, headers, path }, done).once('error', fail).end(body);
  });
  const answered = await bodyOf(answer);
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: answered };
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The REST APIs name a call by its method and path (Lambda and S3 API references). */
const restCalls: readonly (readonly [RegExp, string])[] = [
  [/^lambda GET .*\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
  [/^lambda GET .*\/functions\/[^/]+\/concurrency$/, 'GetFunctionConcurrency'],
  [/^lambda GET .*\/event-source-mappings\/[^/]+$/, 'GetEventSourceMapping'],
  [/^lambda PUT .*\/event-source-mappings\/[^/]+$/, 'UpdateEventSourceMapping'],
  // As the permission is called: DeleteObjects needs s3:DeleteObject.
  [/^s3 (HEAD|GET) \/[^/]+\/?$/, 'ListBucket'],
  [/^s3 PUT \/[^/]+\/?$/, 'CreateBucket'],
  [/^s3 DELETE \/[^/]+\/?$/, 'DeleteBucket'],
  [/^s3 POST \/[^/]+\/?$/, 'DeleteObject'],
  [/^s3 PUT \/[^/]+\/.+$/, 'PutObject'],
];

/** SigV4: Credential=<key>/<date>/<region>/<service>/aws4_request */
function credentialOf({ headers }: IncomingMessage): string[] {
  return /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1]?.split('/') ?? [];
}

function actionOf(request: IncomingMessage, body: string): string {
  const { headers, method = '', url = '' } = request;
  const service = credentialOf(request)[3];
  const rest = `${service} ${method} ${url.split('?')[0]}`;
  const name =
    String(headers['x-amz-target'] ?? '').split('.')[1] ??
    new URLSearchParams(body).get('Action') ??
    restCalls.find(([pattern]) => pattern.test(rest))?.[1];
  return `${service}:${name}`;
}

/** The content type of the query protocol, whose answers are XML. */
export const FORM = 'application/x-www-form-urlencoded';

/** An error as AWS answers it, in the protocol that the call was made in. */
export function errorAnswer(
  { action, headers }: Call,
  status: number,
  code: string,
  message: string,
) {
  if (String(headers['content-type'] ?? '').startsWith(FORM)) {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  if (action.startsWith('s3:')) {
    const body = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
    return { status: 403, headers: { 'content-type': 'application/xml' }, body };
  }
  const type = `${code}Exception`;
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type },
    body: JSON.stringify({ __type: type, message }),
  };
}
