/** The namespaces of the answers, by service. */
export const namespaces = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
} as const;

/** An answer as the Query protocol writes it: lists as <member>, maps as <entry>, dates as ISO 8601. */
export function answerXml(namespace: string, action: string, answer: object): string {
  return (
    `<${action}Response xmlns="${namespace}"><${action}Result>${fields(answer)}</${action}Result>` +
    `<ResponseMetadata><RequestId>${REQUEST_ID}</RequestId></ResponseMetadata></${action}Response>`
  );
}

/** An error as the Query protocol writes it. */
export function errorXml(
  namespace: string,
  {
    type,
    code,
    message,
  }: { readonly type: string; readonly code: string; readonly message: string },
): string {
  return (
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${code}</Code>` +
    `<Message>${escaped(message)}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`
  );
}

const REQUEST_ID = '7a62c49f-347e-4fc4-9331-6e8eEXAMPLE';

function fields(value: object): string {
  return Object.entries(value)
    .map(([name, inner]) => {
      if (inner === undefined) return '';
      const content = name.endsWith('Map') ? entries(inner as object) : contentOf(inner);
      return `<${name}>${content}</${name}>`;
    })
    .join('');
}

function entries(map: object): string {
  return Object.entries(map)
    .map(([key, value]) => `<entry><key>${key}</key><value>${contentOf(value)}</value></entry>`)
    .join('');
}

function contentOf(value: unknown): string {
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value))
    return value.map((one) => `<member>${contentOf(one)}</member>`).join('');
  if (typeof value === 'object' && value !== null) return fields(value);
  return escaped(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
