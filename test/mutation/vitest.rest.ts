import { defineConfig } from 'vitest/config';
import parts from './parts.json' with { type: 'json' };
import domain from './vitest.domain.ts';
import { inWarmThreads } from './warm-threads.ts';

const part = Object.entries(parts).find(([name]) => name === process.env.MUTATION_PART);
const tests = part?.[1].tests ?? Object.values(parts).flatMap((one) => one.tests);

/** The tests of everything except domain/ and events/: in memory, and over HTTP within the process. */
export default defineConfig({
  plugins: [inWarmThreads],
  test: {
    ...domain.test,
    setupFiles: ['test/mutation/forget-last-run.ts'],
    env: {
      ...domain.test?.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    // Unit tests, and those of what is packaged that run within the process, too.
    include: tests
      .map((name) => (name.startsWith('integration/') ? name : `unit/${name}`))
      .flatMap((name) => [`test/${name}/**/*.test.ts`, `test/${name}.test.ts`]),
    exclude: [...(domain.test?.exclude ?? [])],
  },
});
