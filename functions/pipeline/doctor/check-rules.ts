import type { Target } from '@aws-sdk/client-eventbridge';
import { sameDocument } from '../../domain/rules/blocking-policies.ts';
import { describeRule, listTargets } from '../../io/eventbridge.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  resourcesOf,
  runCheckEach,
} from './check.ts';
import { checkBusPolicies } from './check-bus-policies.ts';
import { aws, printed, putBack } from './fixes.ts';

/** The properties of a rule in the template. */
interface Deployed {
  readonly Description?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: unknown;
  readonly ScheduleExpression?: string;
  readonly Targets?: readonly Target[];
}

/** Checks that every rule is enabled and has its deployed pattern, schedule and targets, and who may send to the buses. */
export async function checkRules(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const rules = resourcesOf(deployment, 'AWS::Events::Rule');
  const found = await Promise.all([
    checkEachRule(context, deployment),
    checkBusPolicies(context, deployment),
  ]);
  return orWell(
    'rules',
    found.flat(),
    `${rules.length} rules are enabled, with their patterns and targets`,
  );
}

/** The findings about the deployment's rules; none where they are as deployed. */
export async function checkEachRule(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const rules = resourcesOf(deployment, 'AWS::Events::Rule');
  return runCheckEach(context, 'rules', rules, (rule) => checkRule(context, deployment, rule));
}

async function checkRule(
  context: DeploymentContext,
  { template }: Deployment,
  [id, physicalId]: readonly [string, string],
): Promise<Finding[]> {
  const { events } = context.clients;
  const deployed: Deployed = template?.propertiesOf(id) ?? {};
  // The physical ID of a rule on a custom event bus is "bus|rule" (CloudFormation User Guide).
  const [name = '', busOfId] = physicalId.split('|').toReversed();
  const bus = deployed.EventBusName ?? busOfId ?? 'default';
  const rule = await describeRule(events, bus, name);
  const what = `${id}${deployed.Description ? ` (${deployed.Description})` : ''}`;
  if (rule === null) return [broken('rules', `${what} does not exist`, ...putBack(context))];

  const found: Finding[] = [];
  const onBus = bus === 'default' ? '' : ` --event-bus-name ${bus}`;
  if (!rule.enabled) {
    const fix = aws(context, 'events', `enable-rule --name ${name}${onBus}`);
    found.push(broken('rules', `${what} is disabled`, fix));
  }
  if (template === null) return found;
  if (deployed.EventPattern && !sameDocument(rule.pattern, deployed.EventPattern)) {
    found.push(
      broken(
        'rules',
        `the event pattern of ${what} is not as deployed`,
        printed(context, id, 'pattern.json'),
        aws(
          context,
          'events',
          `put-rule --name ${name}${onBus} --event-pattern file://pattern.json`,
        ),
      ),
    );
  }
  const { ScheduleExpression: schedule } = deployed;
  if (schedule !== undefined && rule.schedule !== schedule) {
    found.push(
      broken(
        'rules',
        `the schedule of ${what} is ${rule.schedule ?? 'missing'}; deployed: ${schedule}`,
        aws(context, 'events', `put-rule --name ${name} --schedule-expression '${schedule}'`),
      ),
    );
  }
  const targets = await listTargets(events, bus, name);
  const lost = (deployed.Targets ?? []).filter(
    (target) => !targets.some((one) => isSameTarget(one, target)),
  );
  for (const target of lost) {
    found.push(
      broken(
        'rules',
        `${what} does not send to its target ${target.Id} as deployed`,
        aws(
          context,
          'events',
          `put-targets --rule ${name}${onBus} --targets '${shorthand(target)}'`,
        ),
      ),
    );
  }
  return found;
}

/** A deployed target has no input transformation and EventBridge's default retries, so any other property is a change. */
function isSameTarget(one: Target, deployed: Target): boolean {
  const { Id, Arn, DeadLetterConfig, ...changed } = one;
  return (
    Id === deployed.Id &&
    Arn === deployed.Arn &&
    DeadLetterConfig?.Arn === deployed.DeadLetterConfig?.Arn &&
    Object.values(changed).every((value) => value === undefined)
  );
}

/** The AWS CLI's shorthand syntax of a target. */
function shorthand({ Id, Arn, DeadLetterConfig }: Target): string {
  const deadLetterConfig = DeadLetterConfig
    ? `,DeadLetterConfig={Arn=${DeadLetterConfig.Arn}}`
    : '';
  return `Id=${Id},Arn=${Arn}${deadLetterConfig}`;
}
