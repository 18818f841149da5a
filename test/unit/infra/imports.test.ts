import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folders a folder may import from. Imports point one way: entry points → pipeline → io, render → domain → events. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  events: ['events'],
  'functions/domain': ['functions/domain', 'events'],
  'functions/io': ['functions/io', 'functions/domain', 'events'],
  'functions/render': ['functions/render', 'functions/domain', 'events'],
  // The log shows hostile characters as the commands do.
  'functions/runtime': ['functions/runtime', 'functions/render', 'functions/domain', 'events'],
  'functions/pipeline': [
    'functions/pipeline',
    'functions/io',
    'functions/render',
    'functions/runtime',
    'functions/domain',
    'events',
  ],
  'functions/commands': [
    'functions/commands',
    'functions/pipeline',
    'functions/io',
    'functions/render',
    'functions/runtime',
    'functions/domain',
    'events',
  ],
  functions: [
    'functions/commands',
    'functions/pipeline',
    'functions/io',
    'functions/render',
    'functions/runtime',
    'functions/domain',
    'events',
  ],
};

/** Packages a folder may use; the others may use any. */
const packages: Readonly<Record<string, readonly string[]>> = {
  events: ['zod'],
  'functions/domain': [],
  // The hashes of a page's content security policy: from value to value, too.
  // @slack/types is types only.
  // marked reads Markdown.
  'functions/render': ['node:crypto', '@slack/types', 'marked'],
};

const files = ['events', 'functions'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, file)),
);

function layerOf(file: string): string {
  const folder = dirname(file);
  return (
    Object.keys(allowed).find(
      (layer) => folder === layer || (folder.startsWith(`${layer}/`) && layer !== 'functions'),
    ) ?? folder
  );
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [
    ...text.matchAll(
      /^(?:import|export)\s(?:[^;']*\sfrom\s)?\s*'([^']+)'(?:\s+with\s+\{[^}]*\})?;$/gm,
    ),
  ].map(([, specifier]) => specifier ?? '');
}

describe('imports', () => {
  it('are found', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  it.each(files)('%s points one way', (file) => {
    const layer = layerOf(file);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = layerOf(normalize(join(dirname(file), specifier)));
        expect(allowed[layer], `${file} → ${specifier}`).toContain(target);
      } else if (packages[layer]) {
        expect(packages[layer], `${file} → ${specifier}`).toContain(specifier);
      }
    }
  });

  it('make no circle', () => {
    const targets = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => normalize(join(dirname(file), specifier))),
      ]),
    );
    // Files that import no remaining file are removed, until only circles are left.
    for (let before = -1; before !== targets.size; ) {
      before = targets.size;
      for (const [file, imported] of targets) {
        if (!imported.some((one) => targets.has(one))) targets.delete(file);
      }
    }
    expect([...targets.keys()]).toEqual([]);
  });

  it('leave the environment to the entry points and the clock to them too', () => {
    for (const file of files.filter((one) => layerOf(one) !== 'functions')) {
      const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      expect(text, file).not.toMatch(/process\.env|Date\.now|new Date\(\)/);
    }
  });

  it('keep the AGPL evaluator out of all sources that are shipped', () => {
    const sources = files.filter((file) => readFileSync(file, 'utf8').includes('cloud-copilot'));
    expect(sources).toEqual([]);
  });

  it('of io declare permissions wherever a function calls AWS', () => {
    for (const file of files.filter((one) => layerOf(one) === 'functions/io')) {
      const exported = readFileSync(file, 'utf8').split(/^(?=export |function |async function )/m);
      for (const text of exported.filter((one) => one.startsWith('export'))) {
        if (/\.send\(|\bpaginate/.test(text)) expect(text, file).toMatch(/needs\(\s*\[/);
      }
    }
  });
});
