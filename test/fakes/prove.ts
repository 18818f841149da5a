import type { STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../../functions/domain/rules/settings.ts';
import type { ProveDeps } from '../../functions/pipeline/prove/prove-deps.ts';
import { CanaryIam } from './canary-iam.ts';
import { START, settingsWith } from './settings.ts';

/** An account with an enforcer, whose clock moves with each pause. */
export function proving(
  change: Partial<Omit<ProveDeps, 'settings'>> & { readonly settings?: Partial<Settings> } = {},
) {
  let at = START;
  const iam = new CanaryIam(() => at);
  if (change.settings?.mode === 'observe') {
    iam.enforcer = { blocks: false, unblocks: false, afterMs: 0 };
  }
  const stop = new AbortController();
  const { settings, ...rest } = change;
  const deps: ProveDeps = {
    iam,
    as: ({ sessionToken }) => ({ iam: iam.asCanary(sessionToken !== undefined), sts: sts(iam) }),
    settings: settingsWith(settings),
    partition: 'aws',
    isLoopback: false,
    wasReported: null,
    now: () => new Date(at),
    pause: async (ms) => {
      at += ms;
    },
    interrupted: stop.signal,
    limitMs: 300_000,
    describe: (error) => (error as Error).message,
    ...rest,
  };
  return { iam, deps, stop, seconds: () => (at - START) / 1000 };
}

/** STS's GetSessionToken, which takes each code once. */
function sts(iam: CanaryIam): STSClient {
  const send = async ({ input }: { input: { TokenCode: string } }) => {
    try {
      iam.takeCodes(input.TokenCode);
    } catch {
      const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code.';
      throw Object.assign(new Error(message), { name: 'AccessDenied' });
    }
    const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 'session', SessionToken: 'token' };
    return { Credentials };
  };
  return { send } as never;
}
