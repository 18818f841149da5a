import { readFileSync } from 'node:fs';
import {
  forceMfaBoundary,
  forceMfaInline,
  forceMfaPolicy,
  type PolicyDocument,
} from '../../../functions/domain/rules/force-mfa.ts';
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
  /** Action → on what a session without MFA may do it. On anything else it is denied. */
  readonly open: Readonly<Record<string, 'own user' | 'any device' | 'console' | 'account'>>;
  /** Not open to a long-term access key where EnrolWith is console. */
  readonly notWithKeys: readonly string[];
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

type EnrolWith = Settings['enrolWith'];

/** What blocks a user: the managed policy, which the deny group carries too, the boundary, the inline policy. */
export interface Form {
  readonly document: (partition: string, enrolWith: EnrolWith) => PolicyDocument;
  /** It grants what enrolling needs; the others only deny. */
  readonly grants: boolean;
  readonly isBoundary: boolean;
}

export const forms = {
  'the managed policy': { document: forceMfaPolicy, grants: true, isBoundary: false },
  'the boundary': { document: forceMfaBoundary, grants: false, isBoundary: true },
  'the inline deny': { document: forceMfaInline, grants: false, isBoundary: false },
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

/** Whom an attacker would enrol: others, a name that ends like the user's, and a path that is the user's name. */
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

/** Whose every action is asked of; the other services' once (force-mfa.test.ts). */
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

/** What an action is asked about for a user: their own resources, and others'. */
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

/** What the evaluator must answer. Written from the rule, not from the policy. */
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

/** What the evaluator answers where a document of a form blocks the user. */
export function answer(
  { partition, enrolWith, session, user, baseline, action, resource }: Cell,
  form: Form = forms['the managed policy'],
  document: object = form.document(partition, enrolWith),
): Promise<Verdict> {
  const other = baselines[baseline];
  return ask({
    principal: arnOf(user, partition),
    action,
    resource,
    context: { ...session.context, 'aws:username': user.name },
    ...(form.isBoundary
      ? { identityPolicies: other, boundary: document }
      : { identityPolicies: [...other, document] }),
  });
}

/** The cells that a document of a form answers otherwise than the rule, in words. */
export async function wrongCells(
  all: readonly Cell[],
  form: Form,
  document?: object,
): Promise<string[]> {
  const wrong: string[] = [];
  // Several sessions look the same to AWS: each distinct question is asked once.
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
