import type { PlannedCredential } from '../../../events/plan.ts';
import type {
  ReportedCredentials,
  ReportedServiceCredential,
  ReportedSshKey,
} from '../../../events/report.ts';

/** A credential of an IAM user that acts as the user. */
interface OtherCredential {
  readonly name: string;
  /** An action that a use of the credential is authorized for: a test asks whether ForceMFA denies it. */
  readonly action: string;
}

/**
 * Service-specific credentials by service. They have the user's permissions (IAM API Reference, CreateServiceSpecificCredential),
 * so a deny binds them.
 */
export const serviceCredentials: Readonly<Record<string, OtherCredential>> = {
  'bedrock.amazonaws.com': {
    name: 'Amazon Bedrock API key',
    action: 'bedrock:CallWithBearerToken',
  },
  'logs.amazonaws.com': { name: 'CloudWatch Logs API key', action: 'logs:CallWithBearerToken' },
  'codecommit.amazonaws.com': { name: 'CodeCommit Git credentials', action: 'codecommit:GitPull' },
  'cassandra.amazonaws.com': { name: 'Amazon Keyspaces credentials', action: 'cassandra:Select' },
};

export const sshKey: OtherCredential = {
  name: 'SSH key for CodeCommit',
  action: 'codecommit:GitPull',
};

export const signingCertificate: OtherCredential = {
  name: 'signing certificate',
  action: 'ec2:DescribeInstances',
};

/** What is known of a user's credentials beside password and access keys; null: could not be read. */
export interface KnownCredentials {
  readonly serviceCredentials: readonly ReportedServiceCredential[] | null;
  readonly sshKeys: readonly ReportedSshKey[] | null;
  readonly signingCertificates: ReportedCredentials['signingCertificates'] | null;
}

/** A user's active credentials beside password and access keys, and whether a block stops them. */
export function otherCredentials(known: KnownCredentials): PlannedCredential[] {
  const services = known.serviceCredentials?.filter(({ status }) => status === 'active') ?? [];
  const sshKeys = known.sshKeys?.filter(({ active }) => active) ?? [];
  const certificates = known.signingCertificates?.filter(({ active }) => active) ?? [];
  return [
    ...services.map(({ id, service }): PlannedCredential => {
      const name = serviceCredentialName(service);
      const block = service in serviceCredentials ? 'stops-it' : 'not-known';
      return { kind: 'service-credential', id, name, block };
    }),
    ...sshKeys.map(({ id }): PlannedCredential => {
      return { kind: 'ssh-key', id, name: sshKey.name, block: 'stops-it' };
    }),
    ...certificates.map(({ number }): PlannedCredential => {
      const name = `${signingCertificate.name} ${number}`;
      return { kind: 'signing-certificate', id: null, name, block: 'stops-it' };
    }),
  ];
}

/** What people call a service-specific credential: "Amazon Bedrock API key". */
export function serviceCredentialName(service: string): string {
  return serviceCredentials[service]?.name ?? `credentials for ${service}`;
}
