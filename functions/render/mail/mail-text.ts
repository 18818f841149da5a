import { Marked, type Token, type Tokens } from 'marked';
import { UNSEEN } from '../terminal-text.ts';

/** The kinds of mails. */
const kinds = ['blocked', 'unblocked', 'reminder', 'exemption-ending'] as const;
type MailKind = (typeof kinds)[number];

/** The parts that mails share. A name with a value belongs to deployments with this setting. */
const parts = [
  'steps',
  'genuine',
  'EnrolWith: console',
  'EnrolWith: console-and-keys',
  'Unblock: on-enrolment',
  'Unblock: never',
] as const;
type PartSection = (typeof parts)[number];
const partNames = ['steps', 'genuine', 'EnrolWith', 'Unblock'] as const;
export type PartName = (typeof partNames)[number];

/** The reminders that may have a subject of their own. */
const stages = ['half-time', 'last'] as const;
type Stage = 'started' | (typeof stages)[number];

/** What every mail and part may name. */
const common = [
  'user',
  'account',
  'account-id',
  'partition',
  'console',
  'help',
  'from',
  'id',
] as const;
/** What a mail of a kind may name as well, and must. */
const ofKind = {
  blocked: ['at'],
  unblocked: ['at', 'device', 'place'],
  reminder: ['until'],
  'exemption-ending': ['until'],
} as const;
export type Placeholder = (typeof common)[number] | (typeof ofKind)[MailKind][number];

/** Text of one style. It may contain placeholders, as {user}. */
export interface Span {
  readonly text: string;
  readonly bold: boolean;
  readonly code: boolean;
}

type Block =
  | { readonly kind: 'heading'; readonly spans: readonly Span[] }
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | {
      readonly kind: 'list';
      readonly isOrdered: boolean;
      readonly items: readonly (readonly Span[])[];
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'part'; readonly name: PartName };

/** What a mail is made of once its parts are put in. */
export type Content = Exclude<Block, { kind: 'part' }>;

/** The text of all mails, as parseMailText has read it. */
export interface MailText {
  /** As in HTML's attribute lang. */
  readonly language: string;
  readonly mails: Readonly<
    Record<
      MailKind,
      {
        readonly subjects: { readonly started: string } & Readonly<Partial<Record<Stage, string>>>;
        readonly body: readonly Block[];
      }
    >
  >;
  readonly parts: Readonly<Record<PartSection, readonly Content[]>>;
}

/** Parameter Store takes no longer values, in its advanced tier (AWS General Reference, "Systems Manager quotas"). */
const MOST_BYTES = 8192;
/** In characters, before the placeholders are filled in. */
const LONGEST_SUBJECT = 120;

/**
 * Reads the text of all mails: docs/mail.md has its form.
 * @param text the content of a file or of the SSM parameter
 * @throws Error that names the line and the fix
 */
export function parseMailText(text: string): MailText {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_BYTES) {
    throw new Error(
      `The text has ${bytes} bytes, and Parameter Store takes ${MOST_BYTES}. Shorten it.`,
    );
  }
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  refuseUnseen(source);
  const { language, sections } = sectionsOf(source);
  const mail = (kind: MailKind) => readMail(kind, sectionNamed(sections, kind));
  const part = (name: PartSection) => readPart(name, sectionNamed(sections, name));
  const read: MailText = {
    language,
    mails: {
      blocked: mail('blocked'),
      unblocked: mail('unblocked'),
      reminder: mail('reminder'),
      'exemption-ending': mail('exemption-ending'),
    },
    parts: Object.fromEntries(parts.map((name) => [name, part(name)])) as MailText['parts'],
  };
  for (const kind of kinds) refuseMissing(read, kind, sectionNamed(sections, kind).line);
  return read;
}

function refused(line: number, problem: string): Error {
  return new Error(`Line ${line}: ${problem}`);
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function refuseUnseen(source: string): void {
  for (const { 0: character, index } of source.matchAll(UNSEEN)) {
    if (character === '\n') continue;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const name = character === '\t' ? 'a tab' : `the character U+${code}, which is not seen`;
    throw refused(lineAt(source, index), `there is ${name}. Remove it, or write spaces.`);
  }
}

interface Section {
  /** Of its heading. */
  readonly line: number;
  readonly name: string;
  /** The lines below its heading. */
  readonly lines: string[];
}

/** Cuts the text at its headings of the first level. What is before the first is not sent. */
function sectionsOf(source: string): { language: string; sections: readonly Section[] } {
  const sections: Section[] = [];
  let language = 'en';
  let isCode = false;
  for (const [index, text] of source.split('\n').entries()) {
    if (text.startsWith('```')) isCode = !isCode;
    const heading = isCode ? null : /^# +(.*?) *$/.exec(text);
    if (heading !== null) {
      const name = heading[1] ?? '';
      const section = { line: index + 1, name, lines: [] };
      if (![...kinds, ...parts].some((known) => known === name)) {
        throw refused(
          section.line,
          `there is no mail or part "${name}". Use one of: ${[...kinds, ...parts].join(', ')}; headings in a mail begin with ##.`,
        );
      }
      if (sections.some((one) => one.name === name)) {
        throw refused(section.line, `"${name}" is there twice. Remove one.`);
      }
      sections.push(section);
      continue;
    }
    const tag = /^Language: *(.*?) *$/.exec(text)?.[1];
    if (sections.length === 0 && tag !== undefined) {
      if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)) {
        throw refused(index + 1, `"${tag}" is no language. Write a tag such as en or pt-BR.`);
      }
      language = tag;
    }
    sections.at(-1)?.lines.push(text);
  }
  return { language, sections };
}

function sectionNamed(sections: readonly Section[], name: string): Section {
  const section = sections.find((one) => one.name === name);
  if (section !== undefined) return section;
  throw new Error(`There is no section "# ${name}". Add it: docs/mail.md has the default text.`);
}

function readMail(kind: MailKind, { line, lines }: Section): MailText['mails'][MailKind] {
  const known: readonly string[] = [...common, ...ofKind[kind]];
  const subjects: Partial<Record<Stage, string>> = {};
  let index = 0;
  for (; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    const [, stage = 'started', subject] = /^Subject(?: ([\w-]+))?: *(.*?) *$/.exec(text) ?? [];
    if (subject === undefined) {
      if (text.trim() === '') continue;
      break;
    }
    const at = line + 1 + index;
    if (stage !== 'started' && !(kind === 'reminder' && stages.some((one) => one === stage))) {
      throw refused(
        at,
        `there is no "Subject ${stage}" here. Only reminder has "Subject half-time" and "Subject last".`,
      );
    }
    if (subject === '') throw refused(at, 'the subject is empty. Write one.');
    if (subject.length > LONGEST_SUBJECT) {
      throw refused(
        at,
        `the subject has ${subject.length} characters. Shorten it to ${LONGEST_SUBJECT}.`,
      );
    }
    checkPlaceholders(subject, known, at);
    subjects[stage as Stage] = subject;
  }
  const { started } = subjects;
  if (started === undefined) {
    throw refused(line, `the mail "${kind}" has no subject. Begin it with a line "Subject: …".`);
  }
  const body = readBlocks(lines.slice(index), line + 1 + index, known, partNames);
  if (body.length === 0) throw refused(line, `the mail "${kind}" has no text. Write it.`);
  return { subjects: { ...subjects, started }, body };
}

function readPart(name: PartSection, { line, lines }: Section): readonly Content[] {
  const blocks = readBlocks(lines, line + 1, common, []).flatMap((block) =>
    block.kind === 'part' ? [] : block,
  );
  if (blocks.length === 0) throw refused(line, `the part "${name}" has no text. Write it.`);
  return blocks;
}

/** Reads Markdown and refuses everything that a mail does not have. */
function readBlocks(
  lines: readonly string[],
  from: number,
  known: readonly string[],
  includable: readonly PartName[],
): readonly Block[] {
  const blocks: Block[] = [];
  let line = from;
  for (const token of new Marked().lexer(lines.join('\n'))) {
    const block = readBlock(token, line, known, includable);
    if (block !== null) blocks.push(block);
    line += token.raw.split('\n').length - 1;
  }
  return blocks;
}

function readBlock(
  token: Token,
  line: number,
  known: readonly string[],
  includable: readonly PartName[],
): Block | null {
  const spans = (tokens: readonly Token[] | undefined, at = line) => {
    const found = spansOf(tokens ?? [], at, false);
    for (const { text } of found) checkPlaceholders(text, known, at);
    return found;
  };
  switch (token.type) {
    case 'space':
      return null;
    case 'heading':
      if ((token as Tokens.Heading).depth !== 2) {
        throw refused(line, 'only headings with ## are possible in a mail. Use ##.');
      }
      return { kind: 'heading', spans: spans(token.tokens) };
    case 'paragraph': {
      const alone = /^\{([^{}]+)\}$/.exec((token as Tokens.Paragraph).text.trim())?.[1];
      const name = includable.find((one) => one === alone);
      if (name !== undefined) return { kind: 'part', name };
      return { kind: 'paragraph', spans: spans(token.tokens) };
    }
    case 'code': {
      const { text } = token as Tokens.Code;
      checkPlaceholders(text, known, line);
      return { kind: 'code', text };
    }
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      let at = line;
      const read = items.map((item) => {
        const [content, ...more] = item.tokens.filter(({ type }) => type !== 'space');
        if (item.task || more.length > 0 || !/^(text|paragraph)$/.test(content?.type ?? '')) {
          throw refused(at, 'a list entry is one paragraph. Write the rest below the list.');
        }
        const found = spans((content as Tokens.Text).tokens, at);
        at += item.raw.split('\n').length - (item.raw.endsWith('\n') ? 1 : 0);
        return found;
      });
      return { kind: 'list', isOrdered: ordered, items: read };
    }
    case 'html':
      throw refused(line, `HTML is not possible: ${brief(token.raw)}. Write Markdown.`);
    default:
      throw refused(line, `${token.type} is not possible: ${brief(token.raw)}. ${POSSIBLE}`);
  }
}

const POSSIBLE =
  'A mail has paragraphs, ## headings, lists, **bold**, `code` and blocks of code between ```.';

function spansOf(tokens: readonly Token[], line: number, bold: boolean): Span[] {
  let at = line;
  return tokens.flatMap((token): Span[] => {
    const here = at;
    at += token.raw.split('\n').length - 1;
    const { type, raw } = token;
    switch (type) {
      case 'text':
      case 'escape':
        return [{ text: oneLine((token as Tokens.Text).text), bold, code: false }];
      case 'codespan':
        return [{ text: oneLine((token as Tokens.Codespan).text), bold, code: true }];
      case 'strong':
        return spansOf((token as Tokens.Strong).tokens, here, true);
      case 'link':
        // An address that stands for itself is text: mail programs make a link of it or not.
        if ((token as Tokens.Link).text === raw) return [{ text: raw, bold, code: false }];
        throw refused(
          here,
          `a link is not possible: ${brief(raw)}. Write the address as \`code\`: people who type it themselves are not deceived.`,
        );
      case 'html':
        throw refused(here, `HTML is not possible: ${brief(raw)}. Write Markdown.`);
      default:
        throw refused(here, `${type} is not possible: ${brief(raw)}. ${POSSIBLE}`);
    }
  });
}

const oneLine = (text: string) => text.replaceAll('\n', ' ');

function brief(raw: string): string {
  const [first = ''] = raw.trim().split('\n');
  return first.length > 40 ? `${first.slice(0, 39)}…` : first;
}

/** The names of the placeholders in a text. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}

function checkPlaceholders(text: string, known: readonly string[], line: number): void {
  for (const name of placeholdersOf(text)) {
    if (known.includes(name)) continue;
    if (partNames.some((one) => one === name)) {
      throw refused(line, `{${name}} must stand alone in a paragraph of a mail. Move it.`);
    }
    throw refused(
      line,
      `there is no placeholder {${name}} here. Use one of: ${known.map((one) => `{${one}}`).join(', ')}.`,
    );
  }
  // Parameter Store refuses double braces (SSM API reference, PutParameter).
  if (/[{}]/.test(text.replaceAll(/\{[^{}]*\}/g, ''))) {
    throw refused(line, 'braces are for placeholders. Write {user} for the user name.');
  }
}

/** Every mail says who and where, what to do and how to tell that it is genuine. */
function refuseMissing({ mails, parts: read }: MailText, kind: MailKind, line: number): void {
  const { body } = mails[kind];
  const included = body.flatMap((block) => (block.kind === 'part' ? block.name : []));
  const inParts = included.flatMap((name) =>
    name === 'EnrolWith' || name === 'Unblock' ? [] : read[name],
  );
  const named = [...body, ...inParts].flatMap((block) => placeholdersOf(textOf(block)));
  const needed = ['user', 'help', 'from', ...ofKind[kind]];
  const needsAccount = !named.includes('account') && !named.includes('account-id');
  const neededParts: PartName[] = kind === 'unblocked' ? ['genuine'] : ['steps', 'genuine'];
  const missing = [
    ...needed.filter((name) => !named.includes(name)),
    ...(needsAccount ? ['account'] : []),
    ...neededParts.filter((name) => !included.includes(name)),
  ];
  if (missing.length === 0) return;
  const list = missing.map((name) => `{${name}}`).join(', ');
  throw refused(line, `the mail "${kind}" does not contain ${list}. Add it.`);
}

function textOf(block: Block): string {
  switch (block.kind) {
    case 'part':
      return '';
    case 'code':
      return block.text;
    case 'list':
      return block.items
        .flat()
        .map(({ text }) => text)
        .join(' ');
    case 'heading':
    case 'paragraph':
      return block.spans.map(({ text }) => text).join(' ');
  }
}
