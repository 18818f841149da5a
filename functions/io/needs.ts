/** A function that calls AWS, with the IAM actions its caller's role must allow. */
export type Needing<F> = F & { readonly permissions: readonly string[] };

/**
 * Declares what an io function needs. A test compares the roles of infra/roles.yml with it, both ways.
 * @param permissions IAM actions, e.g. "iam:GetUser"
 * @param call the function
 * @returns the function, carrying its permissions
 */
export function needs<F extends object>(permissions: readonly string[], call: F): Needing<F> {
  return Object.assign(call, { permissions });
}
