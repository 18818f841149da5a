/** The beginning of everything that `prove` creates. */
const CANARY = 'mfa-enforcer-canary';

/** The IAM path of the canaries and of their devices. No other user should be in it. */
export const CANARY_PATH = `/${CANARY}/`;

/** The name of a canary's inline policy. */
export const CANARY_POLICY = CANARY;

/** The tag of a canary and of its device. */
export const CANARY_TAG = { key: 'mfa-enforcer:canary', value: 'true' } as const;

/** The canary's name, which its device has, too. @param random at least eight characters that no other run has */
export const canaryName = (random: string) => `${CANARY}-${random}`;

/** The ARN of a canary. */
export const canaryArn = (account: string, partition: string, name: string) =>
  `arn:${partition}:iam::${account}:user${CANARY_PATH}${name}`;

/** The serial number of a canary's device: a virtual device has its path and its name in it. */
export const canarySerial = (account: string, partition: string, name: string) =>
  `arn:${partition}:iam::${account}:mfa${CANARY_PATH}${name}`;

/** Whether a user is a canary: by name, path and tag, so that no other user is ever deleted. */
export function isCanary(
  name: string,
  profile: { readonly arn: string; readonly tags: Readonly<Record<string, string>> },
): boolean {
  return (
    profile.arn.endsWith(`:user${CANARY_PATH}${name}`) &&
    name.startsWith(`${CANARY}-`) &&
    profile.tags[CANARY_TAG.key] === CANARY_TAG.value
  );
}

/** The canary whose device this is; null for any other device. */
export function canaryOfDevice(serial: string): string | null {
  const name = serial.split(`:mfa${CANARY_PATH}`)[1];
  return name?.startsWith(`${CANARY}-`) ? name : null;
}

/**
 * The canary's only right: to list its own access keys. It reads nothing else, and ForceMFA denies it without MFA. Because the
 * canary has the right, only a deny can refuse the call.
 * @param arn the canary's
 */
export function canaryPolicy(arn: string): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'iam:ListAccessKeys', Resource: arn }],
  };
}
