import { execFileSync } from 'node:child_process';

/** Packages the deployment before the tests: the template contract and the end-to-end tests read it. */
export default function setup(): void {
  // Vitest runs this once for each project.
  if (process.env.PACKAGED_FOR_TESTS) return;
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['run', '--silent', 'package'], { stdio: ['ignore', 'ignore', 'pipe'] });
  process.env.PACKAGED_FOR_TESTS = 'yes';
}
