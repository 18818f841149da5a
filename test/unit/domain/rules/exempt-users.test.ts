import { describe, expect, it } from 'vitest';
import {
  fittingPattern,
  madeByConsole,
  parseExemptUsers,
} from '../../../../functions/domain/rules/exempt-users.ts';

describe('exempt users', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['dana', ['dana']],
    [' BedrockAPIKey-* , /machines/*,**x', ['BedrockAPIKey-*', '/machines/*', '**x']],
    ['/ses/ses-smtp-user.*,a_+=.@-9', ['/ses/ses-smtp-user.*', 'a_+=.@-9']],
    ['/*/a,/a/**/b*,/~!', ['/*/a', '/a/**/b*', '/~!']],
  ])('are read: %j', (text, patterns) => {
    expect(parseExemptUsers(text)).toEqual(patterns);
  });

  it.each(['*', '**', '/', '/*', '//', '/**/', 'a,*'])('never match all users: %s', (text) => {
    expect(() => parseExemptUsers(text)).toThrow(
      new Error(`"${text.split(',').at(-1)}" would exempt every user`),
    );
  });

  it.each([
    'a b',
    'machines/*',
    'x/y',
    'a,',
    ',a',
    'é',
    'x/',
    '*a/',
    '/a b',
    '/é',
    '/aé',
    '-é',
    'a:b',
  ])('are names or paths: not %j', (text) => {
    expect(() => parseExemptUsers(text)).toThrow(
      /^".*" is not a name or path pattern like BedrockAPIKey-\* or \/machines\/\*$/,
    );
  });
});

describe('a pattern', () => {
  it.each([
    ['dana', '/dana', true],
    ['DANA', '/staff/dana', true],
    ['dana', '/staff/dana2', false],
    ['dana', '/staff/xdana', false],
    ['dana', '/dana/erin', false],
    ['d*a', '/dana', true],
    ['d*a', '/da', true],
    ['d*a', '/dan', false],
    ['d**a*', '/danab', true],
    ['a.b', '/axb', false],
    ['a+b', '/a+b', true],
    ['a+b', '/aab', false],
    ['bot-*', '/machines/bot-', true],
    ['/machines/*', '/machines/bot', true],
    ['/machines/*', '/machines/a/bot', true],
    ['/MACHINES/*', '/machines/bot', true],
    ['/machines/*', '/x/machines/bot', false],
    ['/machines/*', '/machines2/bot', false],
    ['/dana', '/dana', true],
    ['/dana', '/staff/dana', false],
    ['/*/dana', '/staff/dana', true],
  ])('%s fits %s: %s', (pattern, path, fits) => {
    const arn = `arn:aws:iam::111122223333:user${path}`;
    expect(fittingPattern(arn, [pattern])).toBe(fits ? pattern : null);
  });

  it('that fits is the first one', () => {
    const arn = 'arn:aws:iam::111122223333:user/dana';
    expect(fittingPattern(arn, ['x', 'd*', 'dana'])).toBe('d*');
    expect(fittingPattern(arn, [])).toBeNull();
  });
});

describe('a user that a console of AWS made', () => {
  it.each([
    ['BedrockAPIKey-1a2b', 'Amazon Bedrock', 'its API key', 'BedrockAPIKey-*'],
    ['ses-smtp-user.20260301-120000', 'Amazon SES', 'its mail', 'ses-smtp-user.*'],
  ])('is known by its name: %s', (user, service, stops, pattern) => {
    expect(madeByConsole(user)).toEqual({ service, stops, pattern });
  });

  it.each(['dana', 'BedrockAPIKey', 'my-BedrockAPIKey-1', 'ses-smtp-user-1'])(
    'is not %s',
    (user) => {
      expect(madeByConsole(user)).toBeNull();
    },
  );
});
