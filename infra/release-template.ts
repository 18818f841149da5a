/** The template as osls packages it, as far as it is changed here. */
export interface PackagedTemplate {
  Description: string;
  readonly Resources: Record<
    string,
    { readonly Type: string; Properties: Record<string, unknown> }
  >;
  readonly Outputs: Record<string, unknown>;
  readonly [section: string]: unknown;
}

/** A function's code: the zip file of osls, and its name in a release. */
export interface CodeFile {
  /** osls's zip file, as in onIamChange.zip. */
  readonly zip: string;
  /** As in on-iam-change-0123456789abcdef.zip. */
  readonly name: string;
}

/**
 * The template of a release, from the one that osls packages. Its functions' code is in a bucket that a parameter names, under a
 * name that changes with its contents, so that an upgrade changes the function. Names begin with the name of the stack.
 * @param name of osls's stack, as in iam-mfa-enforcer-prod
 * @param hashOf hash of a packaged zip file
 */
export function releaseTemplate(
  packaged: PackagedTemplate,
  { name, version }: { readonly name: string; readonly version: string },
  hashOf: (zip: string) => string,
): { readonly template: PackagedTemplate; readonly code: readonly CodeFile[] } {
  const template = structuredClone(packaged);
  template.Description = `iam-mfa-enforcer ${version}: blocks IAM users without an MFA device until they enrol one, and reports every action.`;
  // Anyone may deploy from a bucket of their own.
  delete template.Resources.ServerlessDeploymentBucket;
  delete template.Resources.ServerlessDeploymentBucketPolicy;
  delete template.Outputs.ServerlessDeploymentBucketName;
  template.Outputs.Version = { Description: 'Release of iam-mfa-enforcer', Value: version };
  const code: CodeFile[] = [];
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') {
      const { S3Key } = Properties.Code as { readonly S3Key: string };
      const zip = S3Key.split('/').at(-1) ?? '';
      const ofFunction = String(Properties.FunctionName).slice(`${name}-`.length);
      const file = `${ofFunction}-${hashOf(zip)}.zip`;
      code.push({ zip, name: file });
      Properties.Code = { S3Bucket: { Ref: 'S3Bucket' }, S3Key: sub(`\${S3Prefix}${file}`) };
    }
    for (const property of ['FunctionName', 'LogGroupName']) {
      const value = Properties[property];
      if (typeof value !== 'string') continue;
      Properties[property] = sub(value.replace(`${name}-`, '${AWS::StackName}-'));
    }
  }
  return { template, code };
}

const sub = (text: string) => ({ 'Fn::Sub': text });
