import { describe, expect, it } from 'vitest';
import { StackTemplate } from '../../../../functions/domain/deployment/stack-template.ts';

const types: Readonly<Record<string, readonly [type: string, physicalId: string]>> = {
  Queue: ['AWS::SQS::Queue', 'https://sqs/1/q'],
  Rule: ['AWS::Events::Rule', 'a-rule'],
  RuleOfBus: ['AWS::Events::Rule', 'bus|a-rule'],
  Bus: ['AWS::Events::EventBus', 'bus'],
  Function: ['AWS::Lambda::Function', 'f'],
  Table: ['AWS::DynamoDB::Table', 't'],
  Logs: ['AWS::Logs::LogGroup', '/aws/lambda/f'],
  Role: ['AWS::IAM::Role', 'r'],
  Bucket: ['AWS::S3::Bucket', 'b'],
  Unmade: ['AWS::SQS::Queue', ''],
};
const facts = {
  name: 'stack',
  partition: 'aws-us-gov',
  region: 'us-gov-west-1',
  account: '111122223333',
  parameters: { Yes: 'yes', Empty: '' },
  resources: new Map(
    Object.entries(types).map(([id, [type, physicalId]]) => [id, { type, physicalId }]),
  ),
};
const equals = (one: unknown, other: unknown) => ({ 'Fn::Equals': [one, other] });
const Conditions = {
  IsYes: equals({ Ref: 'Yes' }, 'yes'),
  IsNo: equals({ Ref: 'Yes' }, 'no'),
  AsIsYes: { Condition: 'IsYes' },
  Odd: { 'Fn::Odd': [] },
};
const templateWith = (Resources: object) => new StackTemplate({ Conditions, Resources }, facts);
const resolved = (value: unknown) =>
  templateWith({
    It: { Type: 'T', Properties: { value } },
    Named: { Type: 'AWS::Lambda::Function', Properties: { Name: { Ref: 'Yes' } } },
    Nameless: { Type: 'AWS::Lambda::Function', Properties: {} },
    Bare: { Type: 'AWS::Lambda::Function' },
  }).propertiesOf('It').value;
const arn = (rest: string) => `arn:aws-us-gov:${rest}`;
const here = 'us-gov-west-1:111122223333';
const attribute = (id: string, name = 'Arn') => ({ 'Fn::GetAtt': [id, name] });

describe('a template', () => {
  it.each<[unknown, unknown]>([
    ['text', 'text'],
    [null, null],
    [
      { 'Fn::Two': 1, keys: 2 },
      { 'Fn::Two': 1, keys: 2 },
    ],
    [
      { Ref: 'Yes', more: 1 },
      { Ref: 'Yes', more: 1 },
    ],
    [{}, {}],
    [{ list: [1, { Ref: 'Yes' }] }, { list: [1, 'yes'] }],
    [{ Ref: 'AWS::StackName' }, 'stack'],
    [{ Ref: 'AWS::Partition' }, 'aws-us-gov'],
    [{ Ref: 'AWS::Region' }, 'us-gov-west-1'],
    [{ Ref: 'AWS::AccountId' }, '111122223333'],
    [{ Ref: 'Empty' }, ''],
    [{ Ref: 'Queue' }, 'https://sqs/1/q'],
    [attribute('Queue', 'QueueName'), 'q'],
    [attribute('Rule', 'Name'), 'a-rule'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, arn(`sqs:${here}:q`)],
    [attribute('Rule'), arn(`events:${here}:rule/a-rule`)],
    [attribute('RuleOfBus'), arn(`events:${here}:rule/bus/a-rule`)],
    [attribute('Bus'), arn(`events:${here}:event-bus/bus`)],
    [attribute('Function'), arn(`lambda:${here}:function:f`)],
    [attribute('Table'), arn(`dynamodb:${here}:table/t`)],
    [attribute('Logs'), arn(`logs:${here}:log-group:/aws/lambda/f:*`)],
    [attribute('Role'), arn('iam::111122223333:role/r')],
    // A resource that the stack does not list, by the name that the template gives it.
    [attribute('Named'), arn(`lambda:${here}:function:yes`)],
    [{ 'Fn::Sub': 'a ${Yes} ${Queue.QueueName} ${!not}' }, 'a yes q ${not}'],
    [{ 'Fn::Sub': '${Queue.Arn}' }, arn(`sqs:${here}:q`)],
    [{ 'Fn::Sub': ['${own} ${Yes}', { own: { Ref: 'Bucket' } }] }, 'b yes'],
    [{ 'Fn::Split': ['-', { 'Fn::Sub': 'a-${Yes}' }] }, ['a', 'yes']],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', 'a-b-c'] }] }, 'b'],
    [{ 'Fn::Select': [0, [{ Ref: 'Yes' }, 'b']] }, 'yes'],
    [{ 'Fn::If': ['IsYes', 1, 2] }, 1],
    [{ 'Fn::If': ['IsNo', 1, { Ref: 'Yes' }] }, 'yes'],
    [[{ Ref: 'AWS::NoValue' }, 'kept'], ['kept']],
  ])('%j is %j', (value, is) => {
    expect(resolved(value)).toStrictEqual(is);
  });

  it('leaves out a property that has no value', () => {
    expect(resolved({ kept: 1, left: { Ref: 'AWS::NoValue' } })).toStrictEqual({ kept: 1 });
  });

  it.each<[string, unknown]>([
    ['Ref Unknown', { Ref: 'Unknown' }],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }],
    ['the ARN of a AWS::S3::Bucket', attribute('Bucket')],
    ['GetAtt Queue.Url', attribute('Queue', 'Url')],
    ['GetAtt Unmade.Arn', attribute('Unmade')],
    ['GetAtt Nameless.Arn', attribute('Nameless')],
    ['GetAtt Bare.Name', attribute('Bare', 'Name')],
    ['GetAtt Unknown.Arn', attribute('Unknown')],
    ['GetAtt Queue.', { 'Fn::GetAtt': ['Queue'] }],
    ['GetAtt .', { 'Fn::GetAtt': [] }],
    ['GetAtt Queue.A.B', { 'Fn::Sub': '${Queue.A.B}' }],
    ['condition "Unknown"', { 'Fn::If': ['Unknown', 1, 2] }],
    ['condition "Odd"', { 'Fn::If': ['Odd', 1, 2] }],
    ['condition {}', { 'Fn::If': [{}, 1, 2] }],
    ['condition null', { 'Fn::If': [null, 1, 2] }],
  ])('has no answer to %s', (what, value) => {
    const message = `not compared with the template: no value is known for ${what}`;
    expect(() => resolved(value)).toThrow(expect.objectContaining({ name: 'Unresolved', message }));
  });

  const yes = { Condition: 'IsYes' };
  const no = { Condition: 'IsNo' };
  it.each<[unknown, boolean]>([
    ['IsYes', true],
    ['IsNo', false],
    ['AsIsYes', true],
    [undefined, true],
    [equals({ Ref: 'Yes' }, 'yes'), true],
    [equals({ Ref: 'Yes' }, 'no'), false],
    [{ 'Fn::Not': [yes] }, false],
    [{ 'Fn::Not': [no] }, true],
    [{ 'Fn::And': [yes, yes] }, true],
    [{ 'Fn::And': [yes, no] }, false],
    [{ 'Fn::Or': [no, yes] }, true],
    [{ 'Fn::Or': [no, no] }, false],
  ])('has a resource where its condition is true: %j, %s', (Condition, has) => {
    const template = templateWith({
      It: { Type: 'T', ...(Condition === undefined ? {} : { Condition }) },
      Other: { Type: 'U' },
      Nothing: null,
    });
    expect(template.idsOf('T')).toEqual(has ? ['It'] : []);
  });

  it('has no properties of what it has not', () => {
    expect(templateWith({ Bare: { Type: 'T' } }).propertiesOf('Bare')).toEqual({});
    expect(templateWith({}).propertiesOf('Unknown')).toEqual({});
  });

  it.each([null, 'no template', {}])('that is none has no resources: %j', (nothing) => {
    const template = new StackTemplate(nothing, facts);
    expect(template.idsOf('T')).toEqual([]);
    expect(template.propertiesOf('It')).toEqual({});
  });
});
