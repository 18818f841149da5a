import { afterEach, describe, expect, it, vi } from 'vitest';
import { probeText } from '../../../functions/commands/doctor-probe.ts';
import type { ProbedAccount, StageSeen } from '../../../functions/pipeline/doctor/probe.ts';
import { MemoryDeployment } from '../../fakes/memory-deployment.ts';
import { deployed } from '../../fakes/removal.ts';
import { say } from '../../fakes/shell.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('doctor --probe', () => {
  it('is refused without a stack', async () => {
    const ran = await new MemoryDeployment().install().say(['doctor', '--probe']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain('so there is no event path to probe.\n  Name the stack');
  });

  it('is refused beside a release that probes none', async () => {
    const aws = deployed();
    for (const { parameters } of aws.stacks.existing) {
      delete (parameters as Record<string, string>).Probe;
    }
    const ran = await aws.say(['doctor', '--probe']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain('is of a release that probes no event path.\n  Deploy this');
  });

  it('is refused for another account than that of the stack', async () => {
    const ran = await deployed().say(['doctor', '--probe', '--accounts', '222233334444']);
    expect(ran).toMatchObject({ status: 1, stdout: '' });
    expect(ran.stderr).toContain(
      'The stack manages only account 111122223333, and not 222233334444.',
    );
  });

  it.each(['0', 'soon'])('takes no time limit of %s', async (limit) => {
    const ran = await say('http://127.0.0.1:9', ['doctor', '--probe', '--timeout', limit]);
    expect(ran.status).toBe(2);
  });
});

const seen = (stage: StageSeen['stage'], status: StageSeen['status'], more = {}): StageSeen => ({
  stage,
  status,
  message: null,
  fix: null,
  ...more,
});
const proven: ProbedAccount = {
  account: '111122223333',
  status: 'proven',
  latencyMs: 812,
  stages: [seen('request', 'passed'), seen('call', 'passed')],
};
const broken: ProbedAccount = {
  account: '222233334444',
  status: 'unproven',
  latencyMs: null,
  stages: [
    seen('trail', 'silent'),
    seen('rule', 'broken', { message: 'it is off', fix: 'Look:\naws events enable-rule' }),
    seen('queue', 'after'),
  ],
};
const plain = { columns: 80, color: false };

describe('the result of a probe', () => {
  it('shows each stage of the only account', () => {
    expect(probeText([proven], 300, plain)).toBe(
      '✔ 111122223333  proven in 0.8 s\n  ✔ request taken  passed\n  ✔ IAM call       passed\n\n1 of 1 event path proven.\n',
    );
  });

  it('shows of several accounts the stages of those that are not proven', () => {
    expect(probeText([proven, broken], 300, plain)).toBe(
      [
        '✔ 111122223333  proven in 0.8 s',
        '✖ 222233334444  unproven',
        '  · trail          not seen, and as deployed',
        '  ✖ rule           NOT REACHED: it is off',
        '    fix: Look:',
        '         aws events enable-rule',
        '  · queue          after that',
        '',
        '1 of 2 event paths proven.',
        '',
      ].join('\n'),
    );
  });

  it('says that the event may be late where no check finds a fault', () => {
    const silent = { ...broken, stages: [seen('trail', 'silent')] };
    const text = probeText([silent], 300, plain);
    expect(text).toContain('No check finds a fault. The event may be later than 300 s');
  });

  it('does not call an event late that was never sent', () => {
    const refused = { ...broken, status: 'refused' as const, stages: [seen('call', 'unknown')] };
    expect(probeText([refused], 300, plain)).not.toContain('No check finds a fault');
  });
});
