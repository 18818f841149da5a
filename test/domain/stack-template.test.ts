import { describe, expect, it } from 'vitest';
import { StackTemplate } from '../../functions/domain/stack-template.ts';

const where = {
  name: 'stack',
  partition: 'aws-us-gov',
  region: 'us-gov-west-1',
  account: '111122223333',
};

const SQS = 'arn:aws-us-gov:sqs:us-gov-west-1:111122223333';

describe('a template', () => {
  const facts = {
    ...where,
    parameters: { Yes: 'yes' },
    resources: new Map([
      ['Queue', { type: 'AWS::SQS::Queue', physicalId: 'https://sqs/1/q' }],
      ['Bucket', { type: 'AWS::S3::Bucket', physicalId: 'b' }],
    ]),
  };
  const resolved = (value: unknown) =>
    new StackTemplate(
      {
        Conditions: { IsYes: { 'Fn::Equals': [{ Ref: 'Yes' }, 'yes'] } },
        Resources: { It: { Type: 'T', Properties: { value } } },
      },
      facts,
    ).propertiesOf('It').value;

  it.each<[unknown, unknown]>([
    [{ Ref: 'AWS::StackName' }, 'stack'],
    [{ Ref: 'Queue' }, 'https://sqs/1/q'],
    [{ 'Fn::GetAtt': ['Queue', 'QueueName'] }, 'q'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, `${SQS}:q`],
    [{ 'Fn::Sub': 'a ${Yes} ${Queue.QueueName} ${!not}' }, 'a yes q ${not}'],
    [{ 'Fn::Sub': ['${own} ${Yes}', { own: { Ref: 'Bucket' } }] }, 'b yes'],
    [{ 'Fn::If': ['IsYes', 1, 2] }, 1],
    [[{ Ref: 'AWS::NoValue' }, 'kept'], ['kept']],
    [{ kept: 1, left: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
  ])('%j is %j', (value, is) => {
    expect(resolved(value)).toEqual(is);
  });

  it.each([
    [{ Ref: 'Unknown' }],
    [{ 'Fn::ImportValue': 'x' }],
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }],
    [{ 'Fn::If': ['Unknown', 1, 2] }],
  ])('says so where it does not know what %j is', (value) => {
    expect(() => resolved(value)).toThrow();
  });
});
