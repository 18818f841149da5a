import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationText } from '../../../infra/docs/configuration.ts';
import { readDeployment, readService } from '../../../infra/docs/templates.ts';

const page = readFileSync('docs/configuration.md', 'utf8');

describe('docs/configuration.md', () => {
  it('is what the parameters and the functions’ configuration give (npm run docs)', () => {
    expect(page).toBe(configurationText());
  });

  it('has every parameter of the template', () => {
    const names = Object.keys(readDeployment().Parameters);
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) expect(page).toContain(`| \`${name}\`<br>`);
  });

  it('says of every variable what it is set to, and every variable of the template is read', () => {
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (.*) \| .* \|$/gm)];
    for (const [, variable, source] of rows) expect(source, variable).not.toBe('');
    const read = rows.map(([, variable]) => variable);
    for (const variable of Object.keys(readService().provider.environment)) {
      expect(read).toContain(variable);
    }
  });
});
