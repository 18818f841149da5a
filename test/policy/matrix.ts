import { readFileSync } from 'node:fs';
import { forceMfaPolicy } from '../../functions/domain/force-mfa.ts';
import { ACCOUNT, type ActionResources, actionsOf, ask, type Verdict } from './evaluator.ts';

interface Session {
  readonly name: string;
  readonly context: Readonly<Record<string, string>>;
  /** ForceMFA must deny everything but enrolling. */
  readonly bound: boolean;
}

export interface User {
  readonly kind: string;
  readonly path: string;
  readonly name: string;
}

interface Matrix {
  readonly sessions: readonly Session[];
  readonly users: readonly User[];
  /** Action → what of. */
  readonly open: Readonly<Record<string, string>>;
  /** Needs no grant in AWS: it must only not be denied. */
  readonly openWithoutGrant: readonly string[];
  /** AWS allows it whatever the policies say (sts:GetCallerIdentity's documentation). */
  readonly alwaysAllowed: readonly string[];
}

export const matrix = JSON.parse(
  readFileSync(new URL('matrix.json', import.meta.url), 'utf8'),
) as Matrix;

const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** What else the user may do: everything, as an administrator, or nothing. */
export const baselines = { administrator: [everything], nobody: [] } as const;
type Baseline = keyof typeof baselines;

export interface Cell {
  readonly session: Session;
  readonly user: User;
  readonly baseline: Baseline;
  readonly action: string;
  readonly resource: string;
}

export const arnOf = ({ path, name }: User) => `arn:aws:iam::${ACCOUNT}:user${path}${name}`;
const OTHER_USER = `arn:aws:iam::${ACCOUNT}:user/erin`;
// An attacker's names: one that ends like the user's, one that begins like it.
const LOOKALIKES = [`arn:aws:iam::${ACCOUNT}:user/xdana`, `arn:aws:iam::${ACCOUNT}:user/dana/erin`];
const DEVICES = [
  `arn:aws:iam::${ACCOUNT}:mfa/danas-phone`,
  `arn:aws:iam::${ACCOUNT}:mfa/phones/any name`,
];

/** Every IAM action and STS's, on the user's own and on others' resources. */
export async function cells(): Promise<Cell[]> {
  const actions = [...(await actionsOf('iam')), ...(await actionsOf('sts'))];
  return matrix.sessions.flatMap((session) =>
    matrix.users.flatMap((user) =>
      (Object.keys(baselines) as Baseline[]).flatMap((baseline) =>
        actions.flatMap(({ action, resources }) =>
          resourcesFor(user, resources).map((resource) => ({
            session,
            user,
            baseline,
            action,
            resource,
          })),
        ),
      ),
    ),
  );
}

function resourcesFor(user: User, examples: ActionResources['resources']): string[] {
  return examples.flatMap((example) => {
    if (example.startsWith(`arn:aws:iam::${ACCOUNT}:user/`)) {
      return [arnOf(user), OTHER_USER, ...LOOKALIKES];
    }
    return example.startsWith(`arn:aws:iam::${ACCOUNT}:mfa/`) ? DEVICES : [example];
  });
}

/** What the evaluator must answer. Written from the rule, not from the policy. */
export function expected({ session, user, baseline, action, resource }: Cell): Verdict[] {
  if (matrix.alwaysAllowed.includes(action)) return ['allowed'];
  const openFor = matrix.open[action];
  const isOpen = openFor !== undefined || matrix.openWithoutGrant.includes(action);
  if (session.bound && !isOpen) return ['denied'];
  if (baseline === 'administrator') return ['allowed'];
  const granted = openFor !== undefined && (openFor !== 'own user' || resource === arnOf(user));
  return granted ? ['allowed'] : ['not granted'];
}

/** What the evaluator answers of the deployed policy. */
export function answer({ session, user, baseline, action, resource }: Cell): Promise<Verdict> {
  return ask({
    principal: arnOf(user),
    action,
    resource,
    context: { ...session.context, 'aws:username': user.name },
    identityPolicies: [...baselines[baseline], forceMfaPolicy('aws')],
  });
}
