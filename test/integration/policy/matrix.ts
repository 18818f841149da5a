import { readFileSync } from 'node:fs';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
  type PolicyDocument,
} from '../../../functions/domain/rules/force-mfa.ts';
import { forceMfaScp } from '../../../functions/domain/rules/scp.ts';
import type { Settings } from '../../../functions/domain/rules/settings.ts';
import { ACCOUNT, type ActionResources, actionsOf, ask, type Verdict } from './evaluator.ts';

interface Session {
  readonly name: string;
  readonly context: Readonly<Record<string, string>>;
  /** ForceMFA must deny everything but enrolling. */
  readonly bound: boolean;
  /** Signed with a long-term access key: AWS sends no aws:MultiFactorAuthPresent. */
  readonly longTermKey?: boolean;
}

export interface User {
  readonly kind: string;
  readonly path: string;
  readonly name: string;
}

interface Matrix {
  readonly partitions: readonly string[];
  readonly sessions: readonly Session[];
  readonly users: readonly User[];
  /** Action → the resources on which a session without MFA may do it. It is denied on all others. */
  readonly open: Readonly<Record<string, 'own user' | 'any device' | 'console' | 'account'>>;
  /** Denied to a long-term access key where EnrolWith is console. */
  readonly notWithKeys: readonly string[];
  /** AWS asks for no grant, only that no policy denies it. */
  readonly openWithoutGrant: readonly string[];
  /** AWS allows it even where a policy denies it (sts:GetCallerIdentity's documentation). */
  readonly alwaysAllowed: readonly string[];
}

export const matrix = JSON.parse(
  readFileSync(new URL('matrix.json', import.meta.url), 'utf8'),
) as Matrix;

const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** The user's other rights: everything, as an administrator, or nothing. */
export const baselines = { administrator: [everything], none: [] } as const;
type Baseline = keyof typeof baselines;

type EnrolWith = Settings['enrolWith'];

/** The documents that block a user: the managed policy (also of the deny group), the boundary, the inline policy. */
export interface Form {
  readonly document: (partition: string, enrolWith: EnrolWith) => PolicyDocument;
  /** The managed policy also grants what enrolling needs. The others only deny. */
  readonly grants: boolean;
  readonly as: 'identity policy' | 'boundary' | 'SCP';
}

/** The SCP of a deployment without exemptions: it must answer every question as the block does. */
function scpForAll(partition: string, enrolWith: EnrolWith): PolicyDocument {
  return forceMfaScp(partition, { enrolWith, exemptTags: [], exemptUsers: [] });
}

export const forms = {
  'the managed policy': { document: forceMfaPolicy, grants: true, as: 'identity policy' },
  'the boundary': { document: forceMfaBoundary, grants: false, as: 'boundary' },
  'the inline deny': { document: forceMfaInline, grants: false, as: 'identity policy' },
  'the SCP': { document: scpForAll, grants: false, as: 'SCP' },
} as const satisfies Readonly<Record<string, Form>>;

export interface Cell {
  readonly partition: string;
  readonly enrolWith: EnrolWith;
  readonly session: Session;
  readonly user: User;
  readonly baseline: Baseline;
  readonly action: string;
  readonly resource: string;
}

const userArn = (partition: string, path: string, name: string) =>
  `arn:${partition}:iam::${ACCOUNT}:user${path}${name}`;

export const arnOf = ({ path, name }: User, partition = 'aws') => userArn(partition, path, name);

/** The users whom an attacker would enrol: others, one whose name ends like the user's, one whose path is the user's name. */
const others = (partition: string) => [
  userArn(partition, '/', 'erin'),
  userArn(partition, '/', 'xdana'),
  userArn(partition, '/dana/', 'erin'),
  userArn(partition, '/staff/berlin/', 'erin'),
];
const devices = (partition: string) => [
  `arn:${partition}:iam::${ACCOUNT}:mfa/danas-phone`,
  `arn:${partition}:iam::${ACCOUNT}:mfa/phones/any name`,
];

/** The services whose actions are all in the matrix. force-mfa.test.ts tries the other services once. */
export const SERVICES = ['iam', 'sts', 'signin'];

/** Every action of IAM, STS and AWS Sign-In, on the user's own and on others' resources. */
export async function cells(partition = 'aws', enrolWith: EnrolWith = 'console'): Promise<Cell[]> {
  const actions = (await Promise.all(SERVICES.map(actionsOf))).flat();
  return matrix.sessions.flatMap((session) =>
    matrix.users.flatMap((user) =>
      (Object.keys(baselines) as Baseline[]).flatMap((baseline) =>
        actions.flatMap(({ action, resources }) =>
          resourcesFor(user, resources, partition).map((resource) => ({
            partition,
            enrolWith,
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

/** The resources with which an action is tried for a user: the user's own and others'. */
export function resourcesFor(
  user: User,
  examples: ActionResources['resources'],
  partition = 'aws',
): string[] {
  return examples.flatMap((example) => {
    if (example.startsWith(`arn:aws:iam::${ACCOUNT}:user/`)) {
      return [arnOf(user, partition), ...others(partition)];
    }
    if (example.startsWith(`arn:aws:iam::${ACCOUNT}:mfa/`)) return devices(partition);
    return [example.replace(/^arn:aws:/, `arn:${partition}:`)];
  });
}

/** The answer that the evaluator must give, derived from the rule and not from the policy. */
function expected(cell: Cell, { grants }: Form = forms['the managed policy']): Verdict {
  if (matrix.alwaysAllowed.includes(cell.action)) return 'allowed';
  const isOpen = isOpenTo(cell);
  if (cell.session.bound && !isOpen) return 'denied';
  if (cell.baseline === 'administrator') return 'allowed';
  const isGranted = grants && isOpen && !matrix.openWithoutGrant.includes(cell.action);
  return isGranted ? 'allowed' : 'not granted';
}

function isOpenTo({ action, resource, user, partition, session, enrolWith }: Cell): boolean {
  const on = matrix.open[action];
  const withKeys = enrolWith === 'console-and-keys' || !matrix.notWithKeys.includes(action);
  if (session.longTermKey && !withKeys) return false;
  if (on === 'own user') return resource === arnOf(user, partition);
  if (on === 'console') return resource.startsWith(`arn:${partition}:signin:::console/`);
  return on !== undefined;
}

/** The evaluator's answer where a document of a form blocks the user. */
export function answer(
  { partition, enrolWith, session, user, baseline, action, resource }: Cell,
  form: Form = forms['the managed policy'],
  document: object = form.document(partition, enrolWith),
): Promise<Verdict> {
  const other = baselines[baseline];
  const policies = {
    'identity policy': { identityPolicies: [...other, document] },
    boundary: { identityPolicies: other, boundary: document },
    SCP: { identityPolicies: other, serviceControlPolicies: [everything, document] },
  };
  const principal = arnOf(user, partition);
  return ask({
    principal,
    action,
    resource,
    context: { ...session.context, 'aws:username': user.name, 'aws:PrincipalArn': principal },
    ...policies[form.as],
  });
}

/** Describes the cells in which a document of a form contradicts the rule. */
export async function wrongCells(
  all: readonly Cell[],
  form: Form,
  document?: object,
): Promise<string[]> {
  const wrong: string[] = [];
  // Several sessions look the same to AWS, so each distinct question is asked once.
  const answers = new Map<string, Verdict>();
  const answerOnce = async (cell: Cell): Promise<Verdict> => {
    const {
      partition,
      enrolWith,
      session: { context },
      user,
      baseline,
      action,
      resource,
    } = cell;
    const question = JSON.stringify([
      partition,
      enrolWith,
      context,
      user,
      baseline,
      action,
      resource,
    ]);
    const known = answers.get(question) ?? (await answer(cell, form, document));
    answers.set(question, known);
    return known;
  };
  for (const cell of all) {
    const verdict = await answerOnce(cell);
    if (verdict === expected(cell, form)) continue;
    const { session, user, baseline, action, resource } = cell;
    wrong.push(`${action} on ${resource}, ${user.kind}, ${baseline}, ${session.name}: ${verdict}`);
  }
  return wrong;
}
