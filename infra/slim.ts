import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of a Lambda function's bundle what it can never use, but esbuild must keep, because it is registered as
 * a side effect or chosen at run time (docs/decisions/013).
 */
export const slim: Plugin = {
  name: 'slim',
  setup(build) {
    // Lambda gives a function its role's credentials in the environment (Lambda Developer Guide, "Defined runtime
    // environment variables"). The chain's other providers bring clients of STS and SSO.
    build.onLoad({ filter: /credential-provider-node[/\\]dist-es[/\\]index\.js$/ }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
    }));

    const named = wordsOf('functions');
    build.onLoad({ filter: /dist-es[/\\]schemas[/\\]schemas_0\.js$/ }, ({ path }) => ({
      contents: withPlainKeys(withErrors(readFileSync(path, 'utf8'), path, named)),
    }));

    // The functions run on nodejs24.x: the SDK's notice of an old Node would never be given.
    const notice = /core[/\\]dist-es[/\\].*[/\\]emitWarningIfUnsupportedVersion\.js$/;
    build.onLoad({ filter: notice }, () => ({
      contents: `export const state = { warningEmitted: false };
        export const emitWarningIfUnsupportedVersion = () => {};`,
    }));

    // No operation in use streams events.
    build.onLoad({ filter: /submodules[/\\]event-streams[/\\]index\.js$/ }, () => ({
      contents: `export class EventStreamSerde { constructor() { throw new Error('This bundle has no event streams'); } }
        export const eventStreamSerdeProvider = () => new EventStreamSerde();`,
    }));

    // A signature's headers are text; these are those of an event in a stream.
    build.onLoad({ filter: /signature-v4[/\\]dist-es[/\\]HeaderFormatter\.js$/ }, () => ({
      contents: `export class HeaderFormatter {
        format() { throw new Error('This bundle has no event streams'); }
      }`,
    }));

    // Signatures for all Regions at once (SigV4a) are for global endpoints; they need a package that is not here.
    build.onLoad({ filter: /signature-v4-multi-region[/\\]dist-es[/\\]index\.js$/ }, () => ({
      contents: `import { SignatureV4 } from '@smithy/signature-v4';
        export class SignatureV4MultiRegion extends SignatureV4 { static sigv4aDependency() { return 'none'; } }`,
    }));

    // DynamoDB is asked for its endpoints only where AWS_ENABLE_ENDPOINT_DISCOVERY says so.
    build.onLoad({ filter: /endpoint-cache[/\\]dist-es[/\\]index\.js$/ }, () => ({
      contents: `export class EndpointCache {
        get() { throw new Error('This bundle discovers no endpoints'); }
      }`,
    }));

    // For a Node without crypto.
    build.onLoad({ filter: /checksum[/\\]\w+[/\\](Sha256|Md5)Js\.js$/ }, ({ path }) => ({
      contents: `export class ${path.includes('Md5Js') ? 'Md5Js' : 'Sha256Js'} {
        constructor() { throw new Error('This Node has no crypto'); }
      }`,
    }));

    // A client reads its own version out of it, for the user agent.
    build.onLoad({ filter: /@aws-sdk[/\\][\w-]+[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });

    // Every zod schema can describe itself as JSON Schema. The published ones are made by infra/schemas.ts.
    const jsonSchema = /zod[/\\]v4[/\\]core[/\\](json-schema-processors|to-json-schema)\.js$/;
    build.onLoad({ filter: jsonSchema }, ({ path }) => ({ contents: withoutJsonSchema(path) }));
  },
};

/**
 * A client's schemas with the errors that are asked for by their class. Every other becomes the service's base
 * exception, with the error's own name and message.
 * @param named every word of our sources
 */
function withErrors(source: string, path: string, named: ReadonlySet<string>): string {
  return source.replaceAll(
    /^n0_registry\.registerError\(\w+\$?, (\w+)\);$/gm,
    (line, error: string) => (named.has(error) || saysTryAgain(path, error) ? line : ''),
  );
}

/** Whether an error's class carries that another try may do. */
function saysTryAgain(path: string, error: string): boolean {
  const errors = readFileSync(`${dirname(dirname(path))}/models/errors.js`, 'utf8');
  const [, rest = ''] = errors.split(`export class ${error} `);
  return (rest.split('\nexport class ')[0] ?? '').includes('$retryable');
}

/** `[_e]: 1` as `"error": 1`: computing a key may do anything, so that esbuild would keep a schema nobody uses. */
function withPlainKeys(source: string): string {
  const texts = new Map(
    [...source.matchAll(/^const (\w+) = ("[^"]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replaceAll(/\[(_\w+)\]:/g, (key, name: string) =>
    texts.has(name) ? `${texts.get(name)}:` : key,
  );
}

function withoutJsonSchema(path: string): string {
  const exported = readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm);
  return [
    "function none() { throw new Error('This bundle has no JSON Schema'); }",
    // What begins so makes a method, and is called for every schema.
    ...[...exported].map(
      ([, name = '']) => `export const ${name} = ${name.startsWith('create') ? '() => ' : ''}none;`,
    ),
  ].join('\n');
}

/** Every word of the sources in a folder. */
function wordsOf(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts'));
  return new Set(
    sources.flatMap((file) => readFileSync(`${folder}/${file}`, 'utf8').match(/\w+/g) ?? []),
  );
}
