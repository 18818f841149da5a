/**
 * The key of a name of IAM: of a user, a group, a role or a policy, or of an ARN that ends in one.
 * IAM ignores the case of names (IAM API Reference, CreateUser, UserName: "Names are not distinguished by case"),
 * and CloudTrail records a name as its caller typed it.
 */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

/** Whether IAM takes two names, or ARNs that end in them, for the same. */
export function isSameName(one: string, other: string): boolean {
  return nameKey(one) === nameKey(other);
}

/** Whether a name is among others. */
export function includesName(names: readonly string[], name: string): boolean {
  return names.some((one) => isSameName(one, name));
}

/** The name of a virtual MFA device: its serial number is arn:<partition>:iam::<account>:mfa/<path/><name>. Undefined for other devices. */
export function deviceName(serial: string): string | undefined {
  return serial.match(/:mfa\/(?:.*\/)?([^/]+)$/)?.[1];
}
