import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Names that are gone, and what each thing is called (ARCHITECTURE.md, Glossary). A pattern finds the old meaning only. */
const gone: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(held|holding)\b|\b[Hh]olds?\b|[a-z]Held\b|\bHoldLimit\b/, 'blocked, block'],
  [/\breleas(ed|ing)\b|\buser-released\b|ReleaseLatency/, 'unblocked, unblock'],
  [/\bexposed\b|[a-z]Exposed\b/i, 'unprotected'],
  [/\blets? (\w+ )?go\b/, 'unblock'],
  [/\brungs?\b|[a-z]Rungs?\b|\bladder\b|\bclimb(s|ed|er)?\b/i, 'block method'],
  [/\bdeeds?\b|DeedBook|\buntold\b|\btakeOver\(|\bisBusy\b|\bsomebodyElse\b/i, 'action log'],
  [/\b[Pp]ermits\b|\bPermit\b|\bgiveBack\b|\bmostHeld\b|\bfreeName\b/, 'block reservation'],
  [/\bexcus(es?|ed)\b|[a-z]Excused?\b|\bstanding\b/i, 'exclusion, status'],
  [/contradictions?\b|\btoo-early\b|\btooEarly\b/i, 'stale read'],
  [/\bonlyOurs\b/, 'own change'],
  [/\bexamined?\b|\bsurvey(s|ed)?\b|\blook-for\b/i, 'read user, list users'],
  [/\bcarryOut\b|\bTimeToAct\b|A_BATCH_HAS_MS/, 'apply decision, deadline'],
  [/\bsendBack\b|\broomFor\b|\bonceInAWhile\b/, 'requeue, capacityFor, rateLimited'],
  [
    /\btableMemory\b|\bownMemory\b|MemoryTable|MEMORY_TABLE|\bmemory table\b/,
    'state store, state table',
  ],
  [
    /\bdead letters?\b(?!-)|\bletters(In)?\(|[a-z]Letters\b|\brecollection\b|\bmessenger\b/,
    'failed message, history',
  ],
  [/\bnewsKey\b|\boverKey\b|\bisNews\b/, 'dedupKey, resolvedBy, shouldNotify'],
  [/[a-z]Words\b/, 'format…, describe…'],
  [/\bPatient\b|\bnot-seen\b|\bnotSeen\b/, 'deployment context, unknown'],
  [/\bterminalShell\b|\bproblemOf\b/, 'terminal, describeError'],
  [/\bguarded\b/i, 'managed account'],
  [/\bweather\b|\bharsh(\b|_)|\btake-?out/i, 'fault profile, ablate'],
  [/\bmend(s|ed|ing)?\b|ToMend\b|\bremedy\b|\bmeddled\b/i, 'fix'],
  [/\btold\b|\b[Ii]sTold\b|\btold[A-Z]/, 'posted, published, reported'],
  [/\bsomebody\b|\bwhoever\b|\buntold\b/i, 'a user, a person, a caller'],
  [/\bdoubts?\b|\bdoubtful\b/i, 'uncertain'],
];

/** Recorded events and licences are not ours to word; this file has the list. */
const leftOut =
  /^(events\/samples\/[^/]+$|docs\/third-party\.md|test\/unit\/docs\/glossary\.test\.ts)|\.(png|svg|gz)$/;

const roots = ['functions', 'events', 'infra', 'test', 'docs', '*.md', 'serverless.yml'];
const files = execFileSync('git', ['ls-files', '--', ...roots], { encoding: 'utf8' })
  .split('\n')
  // A file may be deleted and not yet committed.
  .filter((file) => file !== '' && !leftOut.test(file) && existsSync(file));

describe('the glossary', () => {
  it.each(gone)('finds none of %s, which is %s', (pattern) => {
    const found = files.flatMap((file) => {
      const lines = [file, ...readFileSync(file, 'utf8').split('\n')];
      return lines.flatMap((line, number) =>
        pattern.test(line) ? [`${file}:${number}: ${line.trim().slice(0, 120)}`] : [],
      );
    });
    expect(found).toEqual([]);
  });
});
