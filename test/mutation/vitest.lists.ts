import { defineConfig } from 'vitest/config';
import domain from './vitest.domain.ts';

/** The tests that compare the lists of a deployment's parts with the packaged template. */
export default defineConfig({
  test: {
    ...domain.test,
    include: [
      'test/integration/infra/known-deployment.test.ts',
      'test/integration/policy/deployer.test.ts',
    ],
  },
});
