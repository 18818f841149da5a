import type * as z from 'zod';

/**
 * What is wrong with a value, for a log and for a person: "it has no eventID; requestParameters.userName is not a
 * legal IAM user name". Names fields, never their values.
 */
export function problemsOf(error: z.ZodError): string {
  const missing = error.issues.filter(isMissing).map(({ path }) => path.join('.'));
  const others = error.issues.filter((issue) => !isMissing(issue)).map(wordsOf);
  return [...(missing.length > 0 ? [`it has no ${missing.join(', no ')}`] : []), ...others].join(
    '; ',
  );
}

type Issue = z.ZodError['issues'][number];

function isMissing({ code, path, message }: Issue): boolean {
  return code === 'invalid_type' && path.length > 0 && message.endsWith('received undefined');
}

function wordsOf({ code, path, message }: Issue): string {
  const what = path.length === 0 ? 'it' : path.join('.');
  const [, wanted, given] = /expected (\S+), received (\S+)$/.exec(message) ?? [];
  if (code === 'invalid_type' && wanted)
    return `${what} is ${nameOf(given)}, not ${nameOf(wanted)}`;
  return message.startsWith('is ') ? `${what} ${message}` : `${what}: ${message}`;
}

/** "null", "an object", "a string" */
function nameOf(type = 'nothing'): string {
  if (type === 'null' || type === 'nothing') return type;
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}
