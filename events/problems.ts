import type * as z from 'zod';

/**
 * What is wrong with a value, for a log: "requestParameters.userName: is not a legal IAM user name".
 * Names fields, never their values.
 */
export function problemsOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`)
    .join('; ');
}
