import type { StackFacts, StackTemplate } from '../../domain/deployment/stack-template.ts';
import type { DoctorClients } from '../../runtime/doctor-clients.ts';

/** The deployment that the doctor checks, and the clients for it. */
export interface DeploymentContext {
  readonly clients: DoctorClients;
  readonly account: string;
  readonly partition: string;
  /** The Region where IAM's events of the partition are delivered. The deployment must be there. */
  readonly region: string;
  /** The Region of --region, or null. */
  readonly askedRegion: string | null;
  /** The caller's own ARN. */
  readonly caller: string;
  readonly profile: string | null;
  readonly stack: string;
  /** The maximum age of the last sweep from --sweep-within; null for the limit of SweepMissingAlarm. */
  readonly sweepWithinHours: number | null;
  /** True in the local run, whose Slack listens on loopback. */
  readonly allowLoopback: boolean;
  readonly now: Date;
  /** Describes an error that is not a missing permission. */
  readonly describe: (error: unknown) => string;
}

/** A stack's resources and template. */
export interface Deployment {
  readonly status: string;
  readonly facts: StackFacts;
  /** The deployed template; null if it could not be read. */
  readonly template: StackTemplate | null;
}

/** Logical and physical IDs of a deployment's resources of a type. */
export function resourcesOf({ facts }: Deployment, type: string): (readonly [string, string])[] {
  return [...facts.resources]
    .filter(([, resource]) => resource.type === type)
    .map(([id, { physicalId }]) => [id, physicalId] as const);
}
