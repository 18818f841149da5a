import type { Context } from './context.ts';
import type { Hub } from './hub.ts';

/** How the management account gets its spoke, which StackSets leave out: a command to be run with its credentials. */
export function managementCommand(context: Context, hub: Hub, mode: string): string {
  const { account, region, stackSet } = context;
  if (hub.callAs === 'SELF') {
    return `\nThe hub is in the management account ${account}, which guards itself: there is nothing to deploy there.\n`;
  }
  const parameters = Object.entries({ ...hub.spokeParameters, Mode: mode });
  const overrides = parameters.map(([name, value]) => `    ${name}=${value}`).join(' \\\n');
  return `
StackSets leave out the management account ${hub.management}. With its credentials, in this folder:

  aws cloudformation deploy --region ${region} \\
    --stack-name ${stackSet} --template-file infra/spoke.yml \\
    --capabilities CAPABILITY_NAMED_IAM --tags application=iam-mfa-enforcer \\
    --parameter-overrides \\
${overrides}

Run it again after every upgrade, and with another Mode when it is to enforce. To remove it:

  aws cloudformation delete-stack --region ${region} --stack-name ${stackSet}
`;
}
