import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };

/** The lines of the product's sources that may be a part of a text: no comments, no imports. */
const lines = readdirSync('functions', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    readFileSync(`functions/${file}`, 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(\/\/|\/?\*|import )|^\} from /.test(line))
      .map((line) => ({ file, line })),
  );

describe('the texts of messages and commands', () => {
  it('say what can be done without a checkout', () => {
    const ofCheckout = lines.filter(({ line }) =>
      /\bnode dist|\bnpm (run|start|ci|install)|\bdist\/\w+\/|\binfra\/|\bserverless\.yml|(?<!\/)\bfunctions\//.test(
        line,
      ),
    );
    // Only a clone can be without a release.
    expect(ofCheckout.map(({ file }) => file)).toEqual(['pipeline/deployment/release.ts']);
  });

  it('name only pages that the package has', () => {
    const pages = lines.flatMap(({ line }) => line.match(/\bdocs\/[\w/.-]*\w/g) ?? []);
    expect(pages.length).toBeGreaterThan(5);
    for (const page of pages) expect(packageJson.files).toContain(page);
  });
});
