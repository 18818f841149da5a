import type { AccountRead } from '../../../events/organization-report.ts';
import type { Report, ReportedUser } from '../../../events/report.ts';
import { cannotEnrol } from '../../domain/rules/enrolment.ts';
import { UNTIL_KEY } from '../../domain/rules/exemption.ts';
import { isBlockedWithoutNeed } from './findings.ts';
import { accountText, count } from './text.ts';

/** A finding that needs a person. */
export interface Finding {
  readonly id: string;
  /** An account can be taken over with a password or a key alone. */
  readonly severe: boolean;
  readonly title: string;
  /** The title where one user alone is meant, without the name: "User is unprotected". */
  readonly ofOne: string;
  readonly what: string;
  readonly todo: string;
  /** The users concerned; empty for the root user, who is not an IAM user. */
  readonly users: readonly ReportedUser[];
}

interface Rule {
  readonly id: string;
  readonly severe: boolean;
  readonly applies: (user: ReportedUser) => boolean;
  readonly one: string;
  readonly many: string;
  readonly what: string;
  readonly todo: string;
}

const rules: readonly Rule[] = [
  {
    id: 'unprotected',
    severe: true,
    applies: ({ state }) => state === 'unprotected',
    one: 'user is unprotected',
    many: 'users are unprotected',
    what: 'In scope, without an MFA device, and not blocked: a password or an access key is enough to act as this user.',
    todo: 'Have each user set up an MFA device, or tag service users as exempt. Then find out why the users are not blocked: observe mode, the block limit, or a “could not be blocked” message.',
  },
  {
    id: 'block-refused',
    severe: true,
    applies: ({ refusedSince }) => refusedSince !== null,
    one: 'user is beyond the block limit',
    many: 'users are beyond the block limit',
    what: 'As many users are blocked as the block limit allows, so the circuit breaker refused to block more.',
    todo: 'Have blocked users enrol, or raise BlockLimit: the enforcer then blocks these users by itself.',
  },
  {
    id: 'break-glass',
    severe: true,
    applies: (user) => passwordIsEnough(user) && hasReason(user, 'break-glass'),
    one: 'break-glass user has a password and no MFA device',
    many: 'break-glass users have a password and no MFA device',
    what: 'Break-glass users are never blocked, so the password alone is enough.',
    todo: 'Register a security key for the user, and lock it away with the password. The key does not hinder anyone in an emergency.',
  },
  {
    id: 'exempt-password',
    severe: true,
    applies: (user) => passwordIsEnough(user) && !hasReason(user, 'break-glass'),
    one: 'exempt user has a password and no MFA device',
    many: 'exempt users have a password and no MFA device',
    what: 'Exemptions are meant for service users, who do not sign in. With a console password, anyone who knows it can sign in without MFA.',
    todo: 'Delete the console password. If a person signs in as this user, remove the exempting tag and set up an MFA device.',
  },
  {
    id: 'cannot-enrol',
    severe: true,
    applies: ({ enrolmentProblem }) => cannotEnrol(enrolmentProblem),
    one: 'user cannot enrol once blocked',
    many: 'users cannot enrol once blocked',
    what: 'A permissions boundary, a service control policy or a policy of the user denies the calls that enrolling an MFA device needs.',
    todo: 'Allow iam:CreateVirtualMFADevice and iam:EnableMFADevice there, or have an administrator assign a device to the user.',
  },
  {
    id: 'blocked-without-need',
    severe: false,
    applies: isBlockedWithoutNeed,
    one: 'user is blocked without need',
    many: 'users are blocked without need',
    what: 'The user is exempt or out of scope, but ForceMFA is attached: a service may not work.',
    todo: 'The next event or sweep unblocks the user. If it does not, look for a “could not be unblocked” message, and detach ForceMFA by hand.',
  },
  {
    id: 'exemption-ended',
    severe: false,
    applies: (user) => hasReason(user, 'exemption-ended'),
    one: 'exemption has ended',
    many: 'exemptions have ended',
    what: 'The user still has the exempting tag but is no longer exempt.',
    todo: `If the exemption is still needed, have it approved again and set ${UNTIL_KEY} to a new date. Otherwise remove both tags.`,
  },
  {
    id: 'exemption-unreadable',
    severe: false,
    applies: (user) => hasReason(user, 'exemption-unreadable'),
    one: 'exemption has an invalid end date',
    many: 'exemptions have an invalid end date',
    what: 'An exemption with an invalid end date does not count: the user is not exempt.',
    todo: `Write ${UNTIL_KEY} as a date like 2026-12-31, or remove both tags.`,
  },
];

const rootWithoutMfa: Finding = {
  id: 'root',
  severe: true,
  title: 'The root user has no MFA device',
  ofOne: 'The root user has no MFA device',
  what: 'The root user can do everything in this account, and no policy in the account can block root.',
  todo: 'Sign in as root, open “Security credentials”, and register two MFA devices: one to use, one in a safe.',
  users: [],
};

/**
 * The findings of a report that need a person, the most severe first.
 * @returns empty where there are none; a user may be in more than one finding
 */
export function findingsOf({ rootMfa, users }: Report): Finding[] {
  const ofUsers = findingsOfUsers(users);
  return rootMfa === false ? [rootWithoutMfa, ...ofUsers] : ofUsers;
}

/** The same, of users alone. */
function findingsOfUsers(users: readonly ReportedUser[]): Finding[] {
  return rules.flatMap(({ applies, one, many, ...rule }) => {
    const found = users.filter(applies);
    const title = `${count(found.length)} ${found.length === 1 ? one : many}`;
    const ofOne = `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
    return found.length > 0 ? [{ ...rule, title, ofOne, users: found }] : [];
  });
}

function passwordIsEnough({ state, hasPassword, devices }: ReportedUser): boolean {
  return state === 'exempt' && hasPassword && devices.length === 0;
}

function hasReason({ reasons }: ReportedUser, wanted: string): boolean {
  return reasons.some(({ code }) => code === wanted);
}

/** The findings in the accounts that need a person, the most severe first. */
export function organizationFindingsOnPage(
  read: readonly AccountRead[],
  users: readonly ReportedUser[],
): Finding[] {
  const without = read.filter(({ report }) => report.rootMfa === false);
  const ofUsers = findingsOfUsers(users);
  return without.length === 0 ? ofUsers : [rootFinding(without), ...ofUsers];
}

// As many as a finding names of users.
const NAMED = 8;

function rootFinding(accounts: readonly AccountRead[]): Finding {
  const more = accounts.length - NAMED;
  const names = accounts.slice(0, NAMED).map(accountText).join(', ');
  const title =
    accounts.length === 1
      ? 'The root user of 1 account has no MFA device'
      : `The root users of ${count(accounts.length)} accounts have no MFA device`;
  return {
    ...rootWithoutMfa,
    title,
    what: `${names}${more > 0 ? `, and ${count(more)} more (see Accounts)` : ''}. A root user can do everything in its account, and no policy in the account can block root.`,
    todo: 'Sign in as root and register two MFA devices, or remove the root credentials of member accounts (IAM, “Root access management”).',
  };
}
