import { describe, expect, it } from 'vitest';
import { rightsOf } from '../../../../functions/domain/deployment/required-rights.ts';
import { slackMemberOf } from '../../../../functions/domain/outcomes/outcomes.ts';
import { partitionOf } from '../../../../functions/domain/rules/partition.ts';
import { formatSettings, type Settings } from '../../../../functions/domain/rules/settings.ts';
import { settingsWith } from '../../../fakes/settings.ts';

describe('the settings in words', () => {
  it.each<[string, Partial<Settings>]>([
    [
      'mode enforce, scope all-users, unblock on-enrolment, exempt tags userType:Service, block limit auto',
      {},
    ],
    [
      'mode observe, scope console-users, unblock never, exempt tags none, exempt users bot-*,/machines/*, exempt password ends-exemption, block limit 7',
      {
        mode: 'observe',
        scope: 'console-users',
        unblock: 'never',
        exemptTags: [],
        exemptUsers: ['bot-*', '/machines/*'],
        exemptPassword: 'ends-exemption',
        blockLimit: 7,
      },
    ],
    [
      'mode enforce, scope all-users, unblock on-enrolment, enrol with console-and-keys, exempt tags userType:Service, block limit auto',
      { enrolWith: 'console-and-keys' },
    ],
    [
      'mode enforce, scope all-users, unblock on-enrolment, exempt tags userType:Service, grace hours 72, block limit auto',
      { graceHours: 72 },
    ],
    [
      'mode enforce, scope all-users, unblock on-enrolment, exempt tags a:b,c:d, block limit auto',
      {
        exemptTags: [
          { key: 'a', value: 'b' },
          { key: 'c', value: 'd' },
        ],
      },
    ],
  ])('are %s', (words, change) => {
    expect(formatSettings(settingsWith({ blockLimit: 'auto', ...change }))).toBe(words);
  });
});

describe('the Slack member to mention', () => {
  it.each([
    ['the one in the tag', { slack: 'U012AB3CD' }, true, 'U012AB3CD'],
    ['the one in the tag, of an enterprise', { Slack: ' W012AB3CD ' }, true, 'W012AB3CD'],
    ['none, where mentions are off', { slack: 'U012AB3CD' }, false, null],
    ['none, where there is no tag', { team: 'U012AB3CD' }, true, null],
    ['none, where tags were not read', undefined, true, null],
    ['none, where the tag contains a name', { slack: 'dana' }, true, null],
  ])('is %s', (_, tags, slackMentions, member) => {
    expect(slackMemberOf(tags, { slackMentions })).toBe(member);
  });
});

describe('the partition of a Region', () => {
  it.each([
    ['eu-central-1', 'aws'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
  ])('%s is in %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

describe('the rights of a role', () => {
  const required = {
    entryPoint: 'f',
    functionId: 'F',
    roleId: 'R',
    rights: ['a:A'],
    chosen: { One: ['b:B', 'b:C'], Two: ['d:D'] },
  };

  it.each([
    ['nothing', {}, ['a:A']],
    ['no', { One: 'no', Two: '' }, ['a:A']],
    ['no more than a report', { One: 'report' }, ['a:A']],
    ['one', { One: 'yes' }, ['a:A', 'b:B', 'b:C']],
    ['by a value', { Two: 'o-abcdefghij', Three: 'yes' }, ['a:A', 'd:D']],
  ])('are those that the parameters choose: %s', (_, parameters, rights) => {
    expect(rightsOf(required, parameters)).toEqual(rights);
  });
});
