import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

type Provider = ReturnType<typeof fromNodeProviderChain>;
type Credentials = Awaited<ReturnType<Provider>>;
type Init = NonNullable<Parameters<typeof fromNodeProviderChain>[0]>;

/**
 * Asks for the code of an MFA device.
 * @param serial the profile's mfa_serial
 * @param again AWS rejected the last code
 * @throws NoMfaCode where nobody can be asked, or nobody answers
 */
export type AskMfaCode = (serial: string, again: boolean) => Promise<string>;

/** The person at the terminal, and their clock. */
export interface Person {
  readonly askMfaCode: AskMfaCode;
  readonly now: () => Date;
}

/** There is no MFA code, so that the profile has no credentials. */
export class NoMfaCode extends Error {
  override readonly name = 'NoMfaCode';
}

const CODES = 3;
// The SDK's own rule for credentials that end (credentialsTreatedAsExpired).
const RENEW_BEFORE_MS = 300_000;

/**
 * The credentials of the SDK's standard chain. All clients of a command share them, so that a person is asked for one
 * code and not for one a client. They are asked for again before they end; who gave no code is not asked again.
 * @param init the profile, and the configuration of the clients that ask for credentials
 */
export function commandCredentials(init: Init, { askMfaCode, now }: Person): Provider {
  let current: Credentials | undefined;
  let loading: Promise<Credentials> | undefined;
  return (properties) => {
    const left = current?.expiration ? current.expiration.getTime() - now().getTime() : Infinity;
    if (current !== undefined && left > RENEW_BEFORE_MS) return Promise.resolve(current);
    loading ??= load(init, askMfaCode, properties).then(
      (credentials) => {
        current = credentials;
        loading = undefined;
        return credentials;
      },
      (error: unknown) => {
        if (!(error instanceof NoMfaCode)) loading = undefined;
        throw error;
      },
    );
    return loading;
  };
}

async function load(
  init: Init,
  ask: AskMfaCode,
  properties: Parameters<Provider>[0],
): Promise<Credentials> {
  for (let codes = 0; ; ) {
    const mfaCodeProvider = (serial: string) => {
      codes += 1;
      return ask(serial, codes > 1);
    };
    const before = codes;
    try {
      // A chain remembers its credentials, and asks in the background before they end: a new one does neither.
      return await fromNodeProviderChain({ ...init, mfaCodeProvider })(properties);
    } catch (error) {
      if (codes === before || !isWrongCode(error)) throw error;
      if (codes === CODES) {
        throw new NoMfaCode(
          `AWS rejected ${CODES} MFA codes. Check that mfa_serial of the profile is the device that makes the codes, and ` +
            'that the clock of this device is right',
        );
      }
    }
  }
}

/** STS: "MultiFactorAuthentication failed with invalid MFA one time pass code." A code is valid once. */
function isWrongCode(error: unknown): boolean {
  return error instanceof Error && /MFA one time pass code/i.test(error.message);
}
