import { type CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { needs } from '../needs.ts';

/**
 * The template that a stack was last deployed with, parsed.
 * @throws where it is no JSON: then no release of ours deployed it
 */
export const getTemplate = needs(
  ['cloudformation:GetTemplate'],
  async (cloudFormation: CloudFormationClient, name: string): Promise<unknown> => {
    const { TemplateBody } = await cloudFormation.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
    );
    try {
      return JSON.parse(TemplateBody ?? '') as unknown;
    } catch {
      throw new Error(`The template of ${name} is no JSON: it was deployed by something else`);
    }
  },
);
