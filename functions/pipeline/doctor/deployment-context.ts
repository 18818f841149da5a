import type { StackFacts, StackTemplate } from '../../domain/deployment/stack-template.ts';
import type { DoctorClients } from '../../runtime/doctor-clients.ts';

/** What is looked at, and with what. */
export interface DeploymentContext {
  readonly clients: DoctorClients;
  readonly account: string;
  readonly partition: string;
  /** Where IAM's events of the partition are delivered, so where the deployment must be. */
  readonly region: string;
  /** The Region that was asked for, where one was. */
  readonly askedRegion: string | null;
  /** The caller's own ARN. */
  readonly caller: string;
  readonly profile: string | null;
  readonly stack: string;
  /** How old the last sweep may be, where somebody said so; else what the alarm on a missing sweep goes by. */
  readonly sweepWithinHours: number | null;
  /** The local run's Slack listens on loopback. */
  readonly allowLoopback: boolean;
  readonly now: Date;
  /** Says what an error means that is no missing permission. */
  readonly wordsOf: (error: unknown) => string;
}

/** What a stack has deployed. */
export interface Deployment {
  readonly status: string;
  readonly facts: StackFacts;
  /** What every resource must be; null where the template could not be read. */
  readonly template: StackTemplate | null;
}

/** Logical and physical ids of a deployment's resources of a type. */
export function resourcesOf({ facts }: Deployment, type: string): (readonly [string, string])[] {
  return [...facts.resources]
    .filter(([, resource]) => resource.type === type)
    .map(([id, { physicalId }]) => [id, physicalId] as const);
}
