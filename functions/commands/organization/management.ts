import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** Parameters of a spoke that the command line sets. An omitted parameter keeps its value. */
export interface Chosen {
  readonly mode?: string;
  readonly blockLimit?: string;
  readonly alarmTopic?: string;
}

/**
 * The command that deploys the spoke to the management account, where StackSets do not deploy. It needs that account's
 * credentials. `aws cloudformation deploy` keeps the values of omitted parameters (AWS CLI reference). A new stack gets
 * the defaults of the template.
 */
export function managementCommand(context: Context, hub: Hub, chosen: Chosen): string {
  const { account, region, stackSet } = context;
  if (hub.callAs === 'SELF') {
    return `\nThe hub is in the management account ${account} and manages that account itself. No spoke is needed there.\n`;
  }
  const { mode, blockLimit, alarmTopic } = chosen;
  const parameters = { Mode: mode, BlockLimit: blockLimit, AlarmTopicArn: alarmTopic };
  const message = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const overrides = [...Object.entries(hub.spokeParameters), ...message]
    .map(([name, value]) => `    ${name}=${value}`)
    .join(' \\\n');
  const kept =
    mode === undefined
      ? 'The command keeps the Mode of the stack; a new stack has observe. To change it: deploy --management --mode enforce.\n'
      : '';
  return `
StackSets do not deploy to the management account ${hub.management}. With its credentials, in this folder:

  aws cloudformation deploy --region ${region} \\
    --stack-name ${stackSet} --template-file infra/spoke.yml \\
    --capabilities CAPABILITY_NAMED_IAM --tags application=iam-mfa-enforcer \\
    --parameter-overrides \\
${overrides}

${kept}Run deploy --management again after every upgrade. To remove it:

  aws cloudformation delete-stack --region ${region} --stack-name ${stackSet}
`;
}
