import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { loadConfig } from '@smithy/core/config';
import { BadConnection } from './bad-connection.ts';

/**
 * The certificates that AWS_CA_BUNDLE, or else ca_bundle of the profile, names. As for the aws CLI, they replace the
 * usual ones. The file is read once, and not for each connection.
 * @returns undefined where none is named: Node's own apply
 * @throws BadConnection for a file that cannot be read, or has no certificate
 */
export async function trustedCertificates(
  env: Readonly<Record<string, string | undefined>>,
  profile: string | undefined,
): Promise<SecureContext | undefined> {
  const file =
    env.AWS_CA_BUNDLE ||
    (await loadConfig(
      {
        environmentVariableSelector: () => undefined,
        configFileSelector: ({ ca_bundle }) => ca_bundle,
        default: '',
      },
      profile === undefined ? {} : { profile },
    )());
  if (file === '') return undefined;
  const named = env.AWS_CA_BUNDLE ? 'AWS_CA_BUNDLE' : 'ca_bundle of the profile';
  const ca = await readFile(file, 'utf8').catch((error: Error) => {
    throw new BadConnection(`${named} cannot be read: ${error.message}`);
  });
  // Node ignores what is no certificate, and would then trust nothing.
  const first = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END/.exec(ca);
  if (first === null) throw new BadConnection(`${named} has no certificate in PEM form: ${file}`);
  try {
    new X509Certificate(ca.slice(first.index));
    return createSecureContext({ ca });
  } catch {
    throw new BadConnection(`${named} begins with a damaged certificate: ${file}`);
  }
}
