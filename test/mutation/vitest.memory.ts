import { defineConfig, mergeConfig } from 'vitest/config';
import domain from './vitest.domain.ts';

/** Everything that runs in memory: not what runs the built program, a browser or a local AWS. */
export default mergeConfig(
  domain,
  defineConfig({
    test: { include: ['test/{handlers,pipeline,policy,render,setup}/**/*.test.ts'] },
  }),
);
