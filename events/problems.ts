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

function isMissing({ message }: Issue): boolean {
  return message.endsWith('received undefined');
}

function wordsOf({ path, message }: Issue): string {
  const what = path.length === 0 ? 'it' : path.join('.');
  const words = message.replace(
    /^Invalid input: expected (\S+), received (\S+)/,
    (_, wanted: string, given: string) => `is ${nameOf(given)}, not ${nameOf(wanted)}`,
  );
  return words.startsWith('is ') ? `${what} ${words}` : `${what}: ${words}`;
}

/** "null", "an object", "a string" */
function nameOf(type: string): string {
  if (type === 'null') return type;
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}
