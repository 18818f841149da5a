import { describe, expect, it } from 'vitest';
import { withoutSwitch, withSwitch } from '../../../../infra/local/event-source-switches.ts';

const PATH = '/2015-03-31/event-source-mappings';
const json = (value: object) => Buffer.from(JSON.stringify(value));
const parsed = (buffer: Buffer) => JSON.parse(buffer.toString()) as unknown;

describe('the event sources of the local run', () => {
  it('are switched by a call, which moto gets without the switch', () => {
    const switches = new Map([['ours', true]]);
    const body = json({ Enabled: false, BatchSize: 5 });
    expect(parsed(withoutSwitch(switches, 'PUT', `${PATH}/ours`, body))).toEqual({ BatchSize: 5 });
    expect(switches.get('ours')).toBe(false);
    withoutSwitch(switches, 'PUT', `${PATH}/ours`, json({ BatchSize: 6 }));
    expect(switches.get('ours')).toBe(false);
  });

  it.each([
    ['PUT', `${PATH}/another`],
    ['GET', `${PATH}/ours`],
    ['PUT', '/2015-03-31/functions/ours/configuration'],
  ])('are not switched by %s %s, which moto gets unchanged', (method, path) => {
    const switches = new Map([['ours', true]]);
    const body = json({ Enabled: false });
    expect(withoutSwitch(switches, method, path, body)).toBe(body);
    expect(switches.get('ours')).toBe(true);
  });

  it('have the state of the switch in moto’s answers, alone and in a list', () => {
    const switches = new Map([
      ['on', true],
      ['off', false],
    ]);
    const one = { UUID: 'on', State: 'Disabled', BatchSize: 5 };
    const enabled = { ...one, State: 'Enabled' };
    expect(parsed(withSwitch(switches, `${PATH}/on`, json(one)))).toEqual(enabled);
    const all = [one, { UUID: 'off', State: 'Disabled' }, { UUID: 'another', State: 'Disabled' }];
    expect(
      parsed(withSwitch(switches, `${PATH}/?MaxItems=9`, json({ EventSourceMappings: all }))),
    ).toEqual({
      EventSourceMappings: [enabled, ...all.slice(1)],
    });
  });

  it('change no other answer', () => {
    const answer = Buffer.from('a zip file');
    expect(withSwitch(new Map(), '/2015-03-31/functions/ours', answer)).toBe(answer);
  });
});
