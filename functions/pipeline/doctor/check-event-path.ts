import { likelyCauses } from '../../domain/outcomes/event-path-outcomes.ts';
import { listAccounts } from '../../io/organizations.ts';
import { eventPathLevel, eventPathLines, eventPathText } from '../../render/report/event-path.ts';
import { accountText, joinWithin, minute } from '../../render/report/text.ts';
import { eventPathsIn } from '../event-paths.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  unknown,
} from './check.ts';
import { command, lookInSpoke, PROBE_REFUSED } from './fixes.ts';

/** An account and its event path, as far as a sweep has probed it. */
interface Checked {
  readonly account: string;
  readonly name: string;
  readonly eventPath: ReturnType<Awaited<ReturnType<typeof eventPathsIn>>>;
}

// The names in a message. More are in `mfa-enforcer organization status`.
const NAMES_AT_MOST = 400;

/**
 * Checks whether IAM events arrive, by the last probes: of the stack's account, and of all active accounts of a hub's
 * organization.
 * @throws the error of a failed read of the state table
 */
export async function checkEventPath(
  context: DeploymentContext,
  { facts }: Deployment,
): Promise<Finding[]> {
  const { account, clients, now } = context;
  const { Probe, OrganizationId = '' } = facts.parameters;
  const table = facts.resources.get('StateTable')?.physicalId;
  if (Probe === undefined) {
    return orWell('event path', [], 'the stack is of a release that probes no event path');
  }
  if (table === undefined) {
    const message = 'not checked, because the stack has no state table';
    return [{ check: 'event path', status: 'unknown', message, fix: null }];
  }
  const own = { account, name: account };
  const spokes = OrganizationId === '' ? [] : await spokesOf(context);
  const accounts = [own, ...('finding' in spokes ? [] : spokes)];
  const ids = accounts.map((one) => one.account);
  const pathOf = await eventPathsIn(ids, { dynamo: clients.dynamo, name: table }, now);
  const checked = accounts.map((one) => ({ ...one, eventPath: pathOf(one.account) }));
  const found = findingsOf(context, facts.parameters.PolicyName ?? 'ForceMFA', checked);
  if ('finding' in spokes) return [...found, spokes.finding];
  const well = OrganizationId === '' ? checked.map(textOf) : eventPathLines(checked);
  return orWell('event path', found, well.join(' '));
}

/** The other active accounts; or, where they could not be listed, why. */
async function spokesOf(
  context: DeploymentContext,
): Promise<{ readonly account: string; readonly name: string }[] | { readonly finding: Finding }> {
  try {
    const all = await listAccounts(context.clients.organizations);
    return all
      .filter(({ id, active }) => active && id !== context.account)
      .map(({ id, name }) => ({ account: id, name }));
  } catch (error) {
    return { finding: unknown(context, 'event path', error) };
  }
}

/** The check's name is in front of it. */
const textOf = (one: Checked) => (eventPathText(one) ?? '').replace(/^Event path /, '');

/** A finding for the silent hub, one for all silent spokes, and one for each reason not to probe. */
function findingsOf(
  context: DeploymentContext,
  policyName: string,
  checked: readonly Checked[],
): Finding[] {
  const bad = checked.filter((one) => eventPathLevel(one) !== 'ok');
  const silent = bad.filter(({ eventPath }) => eventPath.state === 'unproven');
  const own = silent.filter(({ account }) => account === context.account);
  const spokes = silent.filter((one) => !own.includes(one));
  const refused = bad.filter((one) => !silent.includes(one));
  const reasons = [...new Set(refused.map(({ eventPath }) => eventPath.why?.text ?? ''))];
  const causes = (one: Checked) =>
    likelyCauses(one.account, context.account)
      .map(({ text }) => text)
      .join('; ');
  return [
    ...own.map((one) =>
      broken(
        'event path',
        `${textOf(one)}. Likely causes: ${causes(one)}`,
        'Probe again. The output names the first stage that the event does not reach:',
        command(context, 'doctor --probe'),
      ),
    ),
    ...spokes
      .slice(0, 1)
      .map((first) =>
        broken(
          'event path',
          `IAM events do not arrive from ${named(spokes)}. Likely causes: ${causes(first)}`,
          'Probe again. The output names the first stage that the event does not reach:',
          command(context, 'doctor --probe'),
          `Then look with credentials of a silent account, such as ${first.account}:`,
          ...lookInSpoke(context, policyName),
        ),
      ),
    ...reasons.map((reason) => {
      const those = refused.filter(({ eventPath }) => (eventPath.why?.text ?? '') === reason);
      return broken(
        'event path',
        `not probed: ${named(those)} (${reason})`,
        `${PROBE_REFUSED} Then probe again:`,
        command(context, 'doctor --probe'),
      );
    }),
  ];
}

/** The accounts, each with the time since when. */
function named(accounts: readonly Checked[]): string {
  const names = accounts.map((one) => {
    const { since } = one.eventPath;
    return since === null ? accountText(one) : `${accountText(one)} since ${minute(since)}`;
  });
  return joinWithin(names, NAMES_AT_MOST);
}
