import { type ResourceKind, type TamperingCall, tamperingCalls } from '../../events/tampering.ts';

/** What each kind of resource is, in docs/block-methods.md. */
const kinds: Readonly<Record<ResourceKind, readonly [what: string, where: string]>> = {
  rule: ['rules', 'hub, spokes'],
  group: ['the deny group', 'hub, spokes'],
  role: ['roles', 'hub, spokes'],
  trail: ['any trail', 'hub, spokes'],
  bus: ['event buses', 'hub'],
  queue: ['queues', 'hub'],
  function: ['functions', 'hub'],
  mapping: ['links from queues to functions', 'hub'],
  table: ['the state table', 'hub'],
  parameter: ['the parameters with the Slack webhook and the text of the mails', 'hub'],
  alarm: ['alarms', 'hub'],
  stack: ['the CloudFormation stack', 'hub'],
};

/** A call's IAM action. Lambda's event names contain the API's version, and CloudWatch's source has its old name. */
export function actionOf({ id }: TamperingCall): string {
  return id.replace(/\d{8}(v\d+)?$/, '').replace(/^monitoring:/, 'cloudwatch:');
}

/** The table of docs/block-methods.md, from the table in events/tampering.ts. */
export function docsTable(): string {
  const rows = Object.entries(kinds).map(([kind, [what, where]]) => {
    const actions = tamperingCalls.filter((call) => call.kind === kind).map(actionOf);
    return `| ${what} | ${where} | ${actions.map((action) => `\`${action}\``).join(', ')} |`;
  });
  return `| of the enforcer | where | calls that are reported |\n|---|---|---|\n${rows.join('\n')}\n`;
}
