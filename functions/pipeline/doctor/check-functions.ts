import {
  type FunctionConfiguration,
  getEventSourceMapping,
  getFunctionConfiguration,
  getReservedConcurrency,
} from '../../io/lambda.ts';
import { shorten } from '../../render/report/text.ts';
import {
  broken,
  type Deployment,
  type DeploymentContext,
  type Finding,
  orWell,
  resourcesOf,
  runCheckEach,
} from './check.ts';
import { aws, printed, putBack } from './fixes.ts';

// Lambda sets a function without invocations for weeks to Inactive until its next invocation (Lambda Developer Guide).
const STATES = ['Active', 'Inactive'];
const SOURCE_STATES = ['Enabled', 'Enabling', 'Creating', 'Updating'];

/** Checks that the functions can run with their deployed settings, and that their queues invoke them. */
export async function checkFunctions(
  context: DeploymentContext,
  deployment: Deployment,
): Promise<Finding[]> {
  const functions = resourcesOf(deployment, 'AWS::Lambda::Function');
  const sources = resourcesOf(deployment, 'AWS::Lambda::EventSourceMapping');
  const found = await Promise.all([
    runCheckEach(context, 'functions', functions, (one) => checkFunction(context, deployment, one)),
    runCheckEach(context, 'functions', functions, (one) => checkConcurrency(context, one)),
    runCheckEach(context, 'functions', sources, (one) => checkSource(context, one)),
  ]);
  const well = `${functions.length} functions can run, ${sources.length} queues invoke them`;
  return orWell('functions', found.flat(), well);
}

async function checkFunction(
  context: DeploymentContext,
  { template }: Deployment,
  [id, name]: readonly [string, string],
): Promise<Finding[]> {
  const found = await getFunctionConfiguration(context.clients.lambda, name);
  if (found === null) return [broken('functions', `${name} does not exist`, ...putBack(context))];
  const { state, lastUpdate, reason } = found;
  const why = reason === null ? '' : ` (${reason})`;
  const findings: Finding[] = [];
  const deployed = template?.propertiesOf(id) ?? null;
  // An update with the deployed role. A deployment makes none, because its template has not changed.
  const role = String(deployed?.Role ?? found.role);
  const update = aws(
    context,
    'lambda',
    `update-function-configuration --function-name ${name} --role ${role}`,
  );
  if (!STATES.includes(state)) {
    const fix = 'If it is Pending, wait. Otherwise update it again:';
    findings.push(broken('functions', `${name} is ${state}${why}`, fix, update));
  }
  if (lastUpdate !== 'Successful') {
    const fix = 'If it is InProgress, wait. Otherwise update it again:';
    const message = `the last update of ${name} is ${lastUpdate}${why}`;
    findings.push(broken('functions', message, fix, update));
  }
  if (deployed === null) return findings;
  if (found.role !== role) {
    const message = `the role of ${name} is not as deployed: ${found.role}`;
    findings.push(broken('functions', message, update));
  }
  const changes = changedVariables(found, deployed.Environment);
  if (changes.length > 0) {
    findings.push(
      broken(
        'functions',
        `the environment variables of ${name} are not as deployed: ${changes.join('; ')}`,
        printed(context, id, 'variables.json'),
        aws(
          context,
          'lambda',
          `update-function-configuration --function-name ${name} --environment file://variables.json`,
        ),
      ),
    );
  }
  return findings;
}

function changedVariables({ variables }: FunctionConfiguration, environment: unknown): string[] {
  const { Variables = {} } = (environment ?? {}) as { Variables?: Record<string, string> };
  const names = new Set([...Object.keys(Variables), ...Object.keys(variables)]);
  return [...names].flatMap((name) => {
    const [deployed, now] = [Variables[name], variables[name]];
    if (deployed === now) return [];
    // The value of a foreign variable may be a secret, so it is not printed.
    if (deployed === undefined) return [`${name} was added`];
    if (now === undefined) return [`${name} is missing`];
    return [`${name} is ${shorten(now, 60)}, not ${shorten(deployed, 60)}`];
  });
}

/** Reserved concurrency 0 switches a function off (Lambda Developer Guide). */
async function checkConcurrency(
  context: DeploymentContext,
  [, name]: readonly [string, string],
): Promise<Finding[]> {
  if ((await getReservedConcurrency(context.clients.lambda, name)) !== 0) return [];
  const fix = aws(context, 'lambda', `delete-function-concurrency --function-name ${name}`);
  return [broken('functions', `${name} is switched off: its reserved concurrency is 0`, fix)];
}

async function checkSource(
  context: DeploymentContext,
  [id, uuid]: readonly [string, string],
): Promise<Finding[]> {
  const source = await getEventSourceMapping(context.clients.lambda, uuid);
  if (source === null) return [broken('functions', `${id} does not exist`, ...putBack(context))];
  if (SOURCE_STATES.includes(source.state)) return [];
  return [
    broken(
      'functions',
      `${id} is ${source.state}: Lambda does not read the queue`,
      aws(context, 'lambda', `update-event-source-mapping --uuid ${uuid} --enabled`),
    ),
  ];
}
