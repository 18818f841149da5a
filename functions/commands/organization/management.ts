import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** Parameters of a spoke that a deployment chooses; what is not said stays as it is there. */
export interface Chosen {
  readonly mode?: string;
  readonly blockLimit?: string;
  readonly alarmTopic?: string;
}

/**
 * How the management account gets its spoke, which StackSets leave out: a command to be run with its credentials.
 * `aws cloudformation deploy` keeps the values of parameters that it is not told (AWS CLI reference), and a new stack
 * has the template's.
 */
export function managementCommand(context: Context, hub: Hub, chosen: Chosen): string {
  const { account, region, stackSet } = context;
  if (hub.callAs === 'SELF') {
    return `\nThe hub is in the management account ${account}, which manages itself: there is nothing to deploy there.\n`;
  }
  const { mode, blockLimit, alarmTopic } = chosen;
  const parameters = { Mode: mode, BlockLimit: blockLimit, AlarmTopicArn: alarmTopic };
  const message = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const overrides = [...Object.entries(hub.spokeParameters), ...message]
    .map(([name, value]) => `    ${name}=${value}`)
    .join(' \\\n');
  const kept =
    mode === undefined
      ? 'Its Mode stays what it is: observe, where the stack is new. To change it: deploy --management --mode enforce.\n'
      : '';
  return `
StackSets leave out the management account ${hub.management}. With its credentials, in this folder:

  aws cloudformation deploy --region ${region} \\
    --stack-name ${stackSet} --template-file infra/spoke.yml \\
    --capabilities CAPABILITY_NAMED_IAM --tags application=iam-mfa-enforcer \\
    --parameter-overrides \\
${overrides}

${kept}Run deploy --management again after every upgrade. To remove it:

  aws cloudformation delete-stack --region ${region} --stack-name ${stackSet}
`;
}
