import type { ErrorKind } from '../../../core/error-kind.ts';
import { hashText } from '../hash.ts';
import type { NormalizedCall } from '../normalized-step.ts';
import { whyNotRun } from './did-not-run.ts';

/** How a call went wrong. */
export type CallFailure = {
  readonly kind: ErrorKind;
  /** The line that says it, without numbers and white space at its ends: the same for the same error. */
  readonly cause: string;
  /** The cause without quoted text and paths: the same for one kind of error with varied arguments. */
  readonly looseCause: string;
  /** Whether the call itself was wrong (its tool, its arguments, its path), and not what the called program found. */
  readonly isWrongCall: boolean;
  /**
   * Whether nothing but the agent's own arguments can be at fault: no such tool, arguments refused, a shell line that
   * isn't one.
   */
  readonly isMalformed: boolean;
};

/** Kinds that say by themselves that the call was wrong, whatever the code at hand does. */
export const wrongCallKinds: ReadonlySet<ErrorKind> = new Set([
  'unknown-tool',
  'bad-arguments',
  'missing-path',
  'edit-mismatch',
  'edit-ambiguous',
  'stale-file',
  'command-not-found',
  'timeout',
  'unreadable',
  'sandboxed',
]);
/** The user's or the harness's decision, not a fault of the call. */
const decisions: ReadonlySet<ErrorKind> = new Set(['denied', 'blocked', 'aborted', 'cancelled']);
const decided =
  /haven't granted|hasn't granted|user (?:declined|rejected|denied|doesn't want|aborted|cancelled|interrupted)|(?:declined|rejected|denied) by (?:the )?user|command aborted|request interrupted/i;

type Rule = { readonly kind: ErrorKind; readonly pattern: RegExp };

/** What tools of all agents say, from the surest to the vaguest. */
const toolRules: readonly Rule[] = [
  {
    kind: 'unknown-tool',
    pattern:
      /unknown (?:tool|command|function)\b|no such tool|(?:tool|function) ['"`\w.-]{1,60} (?:is )?(?:not found|does not exist|not available|unknown)|not a (?:valid|known) (?:tool|command|function)|unsupported tool/i,
  },
  {
    kind: 'edit-mismatch',
    pattern:
      /did not appear verbatim|no replacement was performed|string (?:to replace )?(?:was )?not found|(?:could not|failed to) find (?:the )?(?:exact|expected|old|specified|search|text|match|context)|old_?(?:str|string|text)\w* (?:was )?not found|not found in (?:the )?file|no match(?:es)? (?:was |were )?found for|no changes? (?:were )?made|are (?:exactly )?(?:the same|identical)/i,
  },
  {
    kind: 'edit-ambiguous',
    pattern: /multiple occurrences|(?:not|isn't) unique|found \d+ (?:matches|occurrences)|more than one match/i,
  },
  {
    kind: 'stale-file',
    pattern: /has not been read|must (?:first )?read|read it first|modified since|changed on disk/i,
  },
  {
    kind: 'bad-arguments',
    pattern:
      /inputvalidation|validation ?error|invalid (?:arguments?|parameters?|input|json|`?\w+`? parameter|value|url)|malformed|missing (?:required |\d+ required )?(?:parameter|argument|field|positional)|(?:parameter|argument|field|property) \S{1,60} (?:is )?(?:required|missing)|is required|unexpected (?:field|keyword|argument|end of json|token)|unrecognized|could not parse|failed to parse|already exists|must be (?:a|an|one|of|greater|smaller|less|provided|specified)|should be smaller|out of range|exceeds|expected (?:a )?(?:string|number|array|object|integer)|is not iterable|before assignment|non.empty|(?:is|was) empty/i,
  },
  {
    kind: 'missing-path',
    pattern:
      /no such file|does(?: not|n't) exist|enoent|eisdir|file(?: was)? not found|path not found|not a (?:directory|file)|illegal operation on a directory|cannot access/i,
  },
  { kind: 'timeout', pattern: /timed? ?out/i },
  { kind: 'unreadable', pattern: /too (?:much output|large|many results|long)/i },
];

/** What a shell or an interpreter says of a line that it can't read. */
const malformedLine =
  /syntax error near|syntax error: |unexpected eof|unexpected end of file|unterminated|unmatched|parse error near|bad substitution|ambiguous redirect|eval: -\w: invalid option|filename argument required|file "<(?:string|stdin)>", line \d+\n.{0,300}\n.{0,300}\n?(?:syntax|indentation)error/im;

/** A cheap look before: a word of each of these. */
const mayBeMalformed =
  /syntax|unexpected e|unterminated|unmatched|parse error|substitution|redirect|eval: -|filename arg|indentation/i;

/** What a shell says of a command, or a program of its arguments. */
const shellRules: readonly Rule[] = [
  {
    kind: 'bad-arguments',
    pattern:
      /^.{0,80}(?:invalid option|unrecognized (?:option|argument)|unknown option|unrecognised option|illegal option|missing (?:operand|argument)|the following arguments are required|too many arguments)/im,
  },
  {
    kind: 'command-not-found',
    pattern:
      /command not found|^(?:\/?(?:usr\/)?bin\/)?(?:ba|da|z)?sh: .{0,20}: not found|: not found$|is not recognized as|^\S*python[\d.]*: no module named|: no such command/im,
  },
  {
    kind: 'missing-path',
    pattern:
      /^(?!\w*(?:Error|Exception|error))[\w./+-]+: .{0,300}(?:no such file or directory|cannot access|not a directory|is a directory)|can't open file|^error: pathspec|could not open/im,
  },
  { kind: 'timeout', pattern: /timed out|timeout/i },
];

/** A cheap look before: a word of each of these. */
const mayBeShells =
  /option|missing |arguments|not found|not recognized|no module|such command|no such|cannot access|directory|open|pathspec|time/i;

const cannotStart = /spawn\b.{0,200}\b(?:ENOENT|EACCES|EAGAIN)\b|\b(?:ENOENT|EACCES|EAGAIN)\b.{0,80}spawn\b/;

/** Words with which a tool refuses without an error flag. */
const refusal =
  /^(?:error|failure|failed|exception|enoent|eisdir|invalid|unknown|cannot|can't|could not|unable|no such|file (?:does not exist|not found)|the path|missing|syntax error)\b|\b(?:error:|failure:|did not|does not exist|could not|cannot|unable to|is not|are not|failed|rejected|refused|not found|is empty|too much|no such|unknown command)/i;

/**
 * How this call went wrong, or undefined when it did not, or when it was only to be made later: a file that must be read before it is
 * edited is a rule of the tool, and no mistake of consequence. Our own tools say it, but for what a shell says of its line;
 * of other agents' tools it is read from the text.
 */
export function failureOf(call: NormalizedCall): CallFailure | undefined {
  const { errorKind } = call;
  const isShellsOwn = call.act === 'shell' && (errorKind === 'command-failed' || errorKind === 'command-not-found');
  if (errorKind !== undefined && !isShellsOwn) {
    if (decisions.has(errorKind)) return undefined;
    return describe(errorKind, call, errorKind === 'bad-arguments' || errorKind === 'unknown-tool');
  }
  if (call.isError && whyNotRun(call.output) !== undefined) return undefined;
  const excerpt = excerptOf(call.output);
  if (call.act === 'shell') return shellFailure(call, excerpt);
  if (!call.isError && !saysRefusal(call)) return undefined;
  if (decided.test(excerpt)) return undefined;
  // A tool that can't start its own program is broken, whatever the call says.
  const rule = cannotStart.test(excerpt) ? undefined : toolRules.find((candidate) => candidate.pattern.test(excerpt));
  const kind = rule?.kind ?? 'failed';
  return describe(kind, call, kind === 'bad-arguments' || kind === 'unknown-tool');
}

/** Characters of output from which a shell line with a missing path among others has brought what it was for. */
const mostlyDone = 1500;

function shellFailure(call: NormalizedCall, excerpt: string): CallFailure | undefined {
  if (!call.isError) return softShellFailure(call, excerpt);
  if (decided.test(excerpt)) return undefined;
  if (isEmptyOutput(call.output)) return undefined;
  const malformed = mayBeMalformed.test(excerpt) ? malformedLine.exec(excerpt)?.[0] : undefined;
  if (malformed !== undefined) return describe('bad-arguments', call, true, malformed);
  const rule = mayBeShells.test(excerpt) ? shellRules.find((candidate) => candidate.pattern.test(excerpt)) : undefined;
  const match = rule?.pattern.exec(excerpt)?.[0];
  // One path of several was guessed wrong, and the rest of the line did its work.
  if (rule?.kind === 'missing-path' && call.output.length > mostlyDone) return undefined;
  if (rule?.kind === 'command-not-found' && isGarbled(excerpt)) return describe('bad-arguments', call, true, match);
  return describe(rule?.kind ?? 'command-failed', call, false, match);
}

/** Whether the command that was not found is not a name at all (`,`, `:ls`, `--version`): then the line itself is malformed. */
function isGarbled(excerpt: string): boolean {
  const name = /^(?:.{0,60}: )?(?:line \d+: )?(\S{1,80}): command not found/m.exec(excerpt)?.[1];
  return name !== undefined && !/^[\w./~]/.test(name);
}

/** A shell whose exit code is not known: only what the shell itself says in a short answer counts. */
function softShellFailure(call: NormalizedCall, excerpt: string): CallFailure | undefined {
  if (call.output.length > 300 || !/^(?:\/?(?:usr\/)?bin\/)?(?:ba|da|z)?sh: /m.test(excerpt)) return undefined;
  const rule = shellRules.find((candidate) => candidate.pattern.test(excerpt));
  return rule === undefined ? undefined : describe(rule.kind, call, false);
}

/** Whether a tool that edits, searches or does something of its own answers with a refusal; what was read is content. */
function saysRefusal(call: NormalizedCall): boolean {
  const head = bareResult(call.output).slice(0, 160);
  if (call.act === 'read')
    return call.output.length < 300 && refusal.test(head) && toolRules.some((rule) => rule.pattern.test(head));
  if (call.act === 'plan') return false;
  if (call.act === 'search' || call.act === 'other') return call.output.length < 600 && refusal.test(head);
  return refusal.test(head);
}

/** A result without the sentence with which a harness introduces it ("Command x returned: "). */
function bareResult(output: string): string {
  const at = output.lastIndexOf('returned:', 180);
  return (
    at === -1 || output.lastIndexOf('\n', at) !== output.indexOf('\n') ? output : output.slice(at + 'returned:'.length)
  ).trimStart();
}

/** Beginning and end, where errors are. */
function excerptOf(output: string): string {
  const bare = bareResult(output);
  return bare.length <= 900 ? bare : `${bare.slice(0, 400)}\n${bare.slice(-500)}`;
}

function isEmptyOutput(output: string): boolean {
  return (
    output.length < 60 &&
    /^\s*(?:<returncode>\d+<\/returncode>|<output>|<\/output>|\[?exit code:? ?\d+\]?|\(no output\)|command exited with code \d+|error|\s)*$/i.test(
      output,
    )
  );
}

function describe(
  kind: ErrorKind,
  call: NormalizedCall,
  isMalformed: boolean,
  match?: string,
): CallFailure | undefined {
  if (kind === 'stale-file') return undefined;
  const cause = missedEdits[kind] ?? causeLine(call.output, match) + missingAddress(call);
  const looseCause = cause
    .replace(/"[^"]{0,200}"|'[^']{0,200}'|`[^`]{0,200}`/g, "'…'")
    .replace(/(?<!:\/)(?:\/[\w.@+-]+)+\/?/g, '/…');
  return { kind, cause, looseCause: `${kind}: ${looseCause}`, isWrongCall: wrongCallKinds.has(kind), isMalformed };
}

/** The result echoes the text that was looked for, which says nothing about the cause. */
const missedEdits: { readonly [kind in ErrorKind]?: string } = {
  'edit-mismatch': 'the text to replace is not in the file',
  'edit-ambiguous': 'the text to replace is in several places',
};

/** Of an address that is not there, the address: looking at another one is another question. */
function missingAddress(call: NormalizedCall): string {
  if (!/\b(?:404|410)\b|\bnot found\b/i.test(excerptOf(call.output))) return '';
  const address = /\bhttps?:\/\/[^\s"'`<>|)\\]+|\bgh api (?:-\S+ )*\S+/.exec(JSON.stringify(call.input))?.[0];
  return address === undefined ? '' : ` at ${hashText(address)}`;
}

/**
 * The line that names the error: the matched one, else the last that looks like an error, else the first that says
 * something.
 */
function causeLine(output: string, match?: string): string {
  const text = excerptOf(output);
  const lines = text
    .split('\n')
    .filter(
      (line) => /[a-z]{2}/i.test(line) && !/^\s*<\/?\w+>|^exit code|^\[(?:error|stdout|stderr|metadata)\]/i.test(line),
    );
  const matched = match === undefined ? undefined : lines.find((line) => line.includes(match.trim()));
  const named =
    matched ??
    lines.findLast((line) =>
      /\b(?:\w*error|\w*exception|failed|fatal|denied|cannot|no such|not found)\b/i.test(line),
    ) ??
    lines[0] ??
    '';
  return named.trim().slice(0, 200).replace(/\d+/g, '#');
}
