import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { BadConnection } from './bad-connection.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Request = Parameters<HttpsProxyAgent<string>['connect']>[0];
type Options = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** A proxy of the environment. */
export interface Proxy {
  /** The variable that names it, as it is spelled in the environment. */
  readonly variable: string;
  readonly url: URL;
}

/**
 * The proxy for endpoints with a scheme. The names are those of the aws CLI (botocore takes Python's getproxies): a
 * variable in lower case comes first, and ALL_PROXY is not read.
 * @returns null where none is named
 * @throws BadConnection for a value that is not the URL of an HTTP proxy. The value may have a password: no message has it
 */
export function proxyOf(env: Env, scheme: 'http' | 'https'): Proxy | null {
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`];
  const variable = names.find((name) => env[name]);
  const value = variable && env[variable]?.trim();
  if (!variable || !value) return null;
  // As botocore does: a proxy without a scheme is an HTTP proxy.
  const text = value.startsWith('//') ? `http:${value}` : value;
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url === null || url.hostname === '') {
    throw new BadConnection(`${variable} is not the URL of a proxy (http://host:port)`);
  }
  if (!/^https?:$/.test(url.protocol)) {
    throw new BadConnection(
      `${variable} names a proxy of the kind ${url.protocol.slice(0, -1)}, which is not supported: use one for http or https`,
    );
  }
  return { variable, url };
}

/**
 * Whether NO_PROXY excludes a host: the rule of the aws CLI, which is that of Python's proxy_bypass_environment. A name
 * excludes itself and all names below it, with or without a port and a leading dot; "*" alone excludes all. A range
 * of addresses (10.0.0.0/8) is only a name there, and excludes nothing.
 */
export function isExcluded(env: Env, host: string, port: number | string): boolean {
  const list = (env.no_proxy || env.NO_PROXY || '').toLowerCase();
  if (list.trim() === '*') return true;
  const candidates = [host.toLowerCase(), `${host.toLowerCase()}:${port}`];
  return list
    .split(',')
    .map((name) => name.trim().replace(/^\.+/, ''))
    .filter((name) => name !== '')
    .some((name) => candidates.some((one) => one === name || one.endsWith(`.${name}`)));
}

/** Connects to endpoints through a proxy (CONNECT), except to those that NO_PROXY excludes. */
export class EnvironmentProxyAgent extends HttpsProxyAgent<string> {
  readonly #env: Env;
  readonly #variable: string;
  readonly #trusted: SecureContext | undefined;

  /** @param trusted the certificates that endpoints and an https proxy are checked against; undefined for Node's own */
  constructor(env: Env, { variable, url }: Proxy, trusted: SecureContext | undefined) {
    // The number of sockets is the SDK's own for its agents.
    super(url, { keepAlive: true, maxSockets: 50, ...(trusted && { secureContext: trusted }) });
    this.#env = env;
    this.#variable = variable;
    this.#trusted = trusted;
  }

  /** @throws the error of the connection, with the variable that names the proxy */
  override async connect(request: Request, options: Options): Promise<Socket> {
    const trusting = { ...options, ...(this.#trusted && { secureContext: this.#trusted }) };
    const { host = '', port = 443 } = options;
    if (isExcluded(this.#env, host, port)) return direct(trusting);
    let answer = 200;
    request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
      answer = statusCode;
    });
    const socket = await super.connect(request, trusting).catch((error: unknown) => {
      throw error instanceof Error ? Object.assign(error, { proxy: this.#variable }) : error;
    });
    if (answer === 200) return socket;
    socket.destroy();
    throw new BadConnection(refusal(this.#variable, answer, host), 'unreachable');
  }
}

function direct(options: Options): Socket {
  const { host, port, secureEndpoint } = options;
  // Not the request's path, which connect takes for a socket's file.
  if (!secureEndpoint) return connectTcp({ host, port: Number(port) });
  const { secureContext } = options as { readonly secureContext?: SecureContext };
  return connectTls({
    host,
    port: Number(port),
    ...(host && isIP(host) === 0 && { servername: host }),
    ...(secureContext && { secureContext }),
  });
}

function refusal(variable: string, status: number, host: string): string {
  const what = `The proxy of ${variable} answered ${status} to the connection to ${host}`;
  return status === 407
    ? `${what}: it needs a user name and a password, or rejects those in ${variable} (http://user:password@host:port)`
    : `${what}. It must allow CONNECT to AWS’s endpoints, or NO_PROXY must exclude the host`;
}
