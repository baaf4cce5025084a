import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { PolicyProblem } from './problem.ts';

/** The largest policy file: 256 KiB of text. */
export const MAX_LENGTH = 256 * 1024;
/** How often aliases may repeat what they stand for, in nodes; more is a file made to exhaust memory. */
const MAX_ALIASES = 100;

export type Path = readonly (string | number)[];
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML text, its data, and where in the text each datum stands. */
export class PolicySource {
  /** Undefined where the text has syntax errors. */
  readonly data: unknown = undefined;
  readonly problems: readonly PolicyProblem[];
  /** Lines on which YAML read something else than what was meant, and on which more problems would only be its echo. */
  readonly misreadLines: ReadonlySet<number>;
  readonly #document: Document | undefined;
  readonly #lines = new LineCounter();

  constructor(text: string) {
    const problems: PolicyProblem[] = [];
    const misread = new Set<number>();
    this.problems = problems;
    this.misreadLines = misread;
    const whole = (code: string, message: string, allowed: string, mend: string) =>
      problems.push({ code, severity: 'error', line: 1, column: 1, path: '', value: '', message, allowed, mend });

    if (text.length > MAX_LENGTH) {
      whole('HG102', `the file has ${text.length} characters`, `at most ${MAX_LENGTH}`, 'use fewer limits and routes');
      return;
    }
    try {
      const document = parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        uniqueKeys: true,
        merge: false,
        logLevel: 'error',
      });
      this.#document = document as Document;
      let readable = true;
      const said = new Set<string>();
      for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
        const { line, col: column } = this.#lines.linePos(pos[0]);
        const lineText = text.split('\n')[line - 1] ?? '';
        // One misplaced bracket can be said again for each that is open.
        if (misread.has(line) || said.has(`${line} ${code}`)) continue;
        said.add(`${line} ${code}`);
        const syntax = syntaxProblem(code, message, lineText);
        if (syntax.kind === 'misread') misread.add(line);
        if (syntax.kind === 'unreadable') readable = false;
        const { kind: _, ...finding } = syntax;
        problems.push({ ...finding, severity: 'error', line, column, path: '', value: lineText.trim().slice(0, 80) });
      }
      if (readable) this.data = document.toJS({ maxAliasCount: MAX_ALIASES });
      if (readable && (this.data === null || this.data === undefined)) {
        this.data = undefined;
        whole('HG102', 'the file is empty', 'a policy with at least one limit', 'write one with `headgate init`');
      }
    } catch (error) {
      // An alias of nothing, an alias bomb, or nesting beyond the parser's stack.
      const text = error instanceof Error ? error.message : '';
      if (/unresolved alias/i.test(text)) {
        const name = /: (\S+)$/.exec(text)?.[1] ?? '';
        whole(
          'HG103',
          `the alias \`*${name}\` stands for nothing`,
          'aliases of anchors (&name)',
          'quote a text that begins with *',
        );
        return;
      }
      const aliases = /alias/i.test(text);
      whole(
        'HG103',
        aliases ? 'aliases repeat too much' : 'the file is nested too deeply to be read',
        aliases
          ? `aliases (*name) that repeat at most ${MAX_ALIASES} nodes`
          : 'a policy as in docs/reference/policy.md',
        aliases ? 'write the values out' : 'take the nesting away',
      );
    }
  }

  /** Where the value (or the key) at a path stands; where there is none, the innermost thing around it. */
  locate(path: Path, at: 'key' | 'value' = 'value'): Position {
    let node: unknown = this.#document?.contents;
    let offset = 0;
    for (const [index, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(this.#document!);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
        if (pair === undefined) break;
        offset = startOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        if (isPair(node)) node = node.key;
      } else {
        break;
      }
      const wantsKey = at === 'key' && index === path.length - 1;
      // A block collection starts on the next line: its key says better where it is.
      const block = isCollection(node) && !node.flow && typeof step === 'string';
      if (!wantsKey && !block) offset = startOf(node) ?? offset;
    }
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const startOf = (node: unknown): number | undefined => (node as Node | null)?.range?.[0];

type Syntax = Pick<PolicyProblem, 'code' | 'message' | 'allowed' | 'mend'> & {
  readonly kind: 'unreadable' | 'readable' | 'misread';
};

function syntaxProblem(code: string, message: string, line: string): Syntax {
  const template = /([A-Z]+ )?\/[^\s,\]]*\{[\w.+-]*\}[^\s,\]:]*/.exec(line)?.[0];
  if (template !== undefined && (code === 'MISSING_CHAR' || code === 'BAD_COLLECTION_TYPE')) {
    const mend = `quote it, "${template}", or write one route per line after \`- \``;
    return {
      kind: 'misread',
      code: 'HG112',
      message: `between [ ] or { } YAML takes the braces of \`${template}\` for a map`,
      allowed: 'a quoted route',
      mend,
    };
  }
  if (code === 'DUPLICATE_KEY') {
    const key = line.trim().split(':')[0];
    return {
      kind: 'readable',
      code: 'HG104',
      message: `\`${key}\` stands twice in one map`,
      allowed: 'each key once',
      mend: 'merge the two, or rename one',
    };
  }
  if (code.startsWith('TAG')) {
    return {
      kind: 'readable',
      code: 'HG103',
      message: 'a YAML tag',
      allowed: 'plain maps, lists, texts and numbers',
      mend: 'take the `!...` away',
    };
  }
  const mends: Readonly<Record<string, string>> = {
    TAB_AS_INDENT: 'indent with spaces',
    MULTIPLE_DOCS: 'take away the line `---` and what follows it',
    BAD_ALIAS: 'quote a text that begins with *: "*"',
    MISSING_CHAR: 'close the quote, bracket or brace, or add what is missing',
    BAD_INDENT: 'indent entries of one map or list alike, and close brackets',
  };
  const said = message.replace(/\s+/g, ' ').trim();
  return {
    kind: 'unreadable',
    code: 'HG103',
    message: `not YAML: ${said}`,
    allowed: 'YAML 1.2',
    mend: mends[code] ?? 'correct the YAML on this line',
  };
}
