import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import {
  type DeployerRun,
  type PolicyStatement,
  policyFor,
  rightsQuestions,
  simulatedCaller,
} from '../../domain/deployment/deployer-policy.ts';
import { getRoleArn, type SimulatedRight, simulatePrincipalPolicy } from '../../io/iam-policies.ts';
import { type DeploymentContext, isDenied } from '../doctor/check.ts';

/** The rights that a command needs, compared with the caller's. */
export interface RightsCheck {
  /** How many rights IAM has simulated. */
  readonly simulated: number;
  readonly missing: readonly string[];
  /** Missing rights that a policy of the caller denies explicitly, so that another statement does not help. */
  readonly denied: readonly string[];
  /** A policy document that allows the missing rights. */
  readonly policy: object;
  /** Why rights could not be judged; null where all were. */
  readonly unknown: string | null;
}

/** What the check works with. */
interface RightsDeps extends Pick<DeploymentContext, 'caller' | 'describe'> {
  readonly clients: Pick<DeploymentContext['clients'], 'iam'>;
}

/**
 * Checks the caller's rights before a command changes anything. A check that is not possible does not stop the command: AWS
 * then names the first missing right.
 * @param folder of the release, with the deployer's policies
 */
export async function checkRights(
  context: RightsDeps,
  run: DeployerRun,
  folder: URL,
): Promise<RightsCheck> {
  const unchecked = (unknown: string): RightsCheck => ({
    simulated: 0,
    missing: [],
    denied: [],
    policy: {},
    unknown,
  });
  const caller = simulatedCaller(context.caller);
  if (caller === null) return unchecked(`IAM cannot simulate the policies of ${context.caller}`);
  const statements = await deployerPolicy(folder, run.isHub);
  if (statements === null) return unchecked('the release has no deployer-policy.json');
  const { iam } = context.clients;
  const rights: SimulatedRight[] = [];
  try {
    const principal = caller.kind === 'user' ? caller.arn : await getRoleArn(iam, caller.name);
    for (const question of rightsQuestions(statements, run)) {
      rights.push(...(await simulatePrincipalPolicy(iam, principal, question)));
    }
  } catch (error) {
    return unchecked(whyNot(error, context));
  }
  const missing = actionsOf(rights.filter((one) => isRefused(one) && !isUncertain(one)));
  return {
    simulated: rights.length,
    missing,
    denied: actionsOf(
      rights.filter((one) => missing.includes(one.action) && one.decision === 'explicitDeny'),
    ),
    policy: policyFor(statements, missing, run.names),
    unknown: whyUncertain(rights.filter((one) => isRefused(one) && isUncertain(one))),
  };
}

const isRefused = ({ decision }: SimulatedRight) => decision !== 'allowed';

/** The real call may be allowed: the simulator knows no value of a condition, or ignores the conditions of an SCP. */
const isUncertain = ({ unknownKeys, deniedByOrganization }: SimulatedRight) =>
  unknownKeys.length > 0 || deniedByOrganization;

const actionsOf = (rights: readonly SimulatedRight[]) =>
  [...new Set(rights.map(({ action }) => action))].toSorted();

function whyUncertain(rights: readonly SimulatedRight[]): string | null {
  if (rights.length === 0) return null;
  const keys = [...new Set(rights.flatMap(({ unknownKeys }) => unknownKeys))];
  const reasons = [
    ...(keys.length === 0 ? [] : [`they depend on ${keys.toSorted().join(', ')}`]),
    ...(rights.some(({ deniedByOrganization }) => deniedByOrganization)
      ? ['a service control policy denies them, whose conditions the simulator does not evaluate']
      : []),
  ];
  return `${actionsOf(rights).join(', ')}: ${reasons.join('; ')}`;
}

function whyNot(error: unknown, { describe }: RightsDeps): string {
  const { command = 'the simulation' } = error as { readonly command?: string };
  return isDenied(error) ? `AWS denied ${command}` : describe(error);
}

const text = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Policy = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string(),
      Action: text,
      Resource: text,
      Condition: z
        .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
        .default({}),
    }),
  ),
});

/** The statements of the deployer's policies; null where the release has none. */
async function deployerPolicy(folder: URL, isHub: boolean): Promise<PolicyStatement[] | null> {
  const files = ['deployer-policy.json', ...(isHub ? ['deployer-policy-organization.json'] : [])];
  const texts = files.map((file) => readFile(new URL(file, folder), 'utf8'));
  const read = await Promise.all(texts).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return (
    read?.flatMap((one) =>
      Policy.parse(JSON.parse(one)).Statement.map((statement) => ({
        sid: statement.Sid,
        actions: statement.Action,
        resources: statement.Resource,
        conditions: statement.Condition,
      })),
    ) ?? null
  );
}
