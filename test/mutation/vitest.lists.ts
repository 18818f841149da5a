import { defineConfig } from 'vitest/config';
import domain from './vitest.domain.ts';

/** What contains the lists of a deployment's parts to the packaged template. */
export default defineConfig({
  test: { ...domain.test, include: ['test/integration/infra/known-deployment.test.ts'] },
});
