import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { type Argument, programName, type SimpleCommand } from '../core/shell/read-script.ts';

/**
 * Programs that only read, by the options with which they do: letters, then long options and words. What is not here is not known, and
 * an option that is not here makes its program unknown too. After `:` which operands are paths: `all`, `none`, or those after the first
 * (a pattern). The table is for two things: what may run where there is no sandbox, and what is asked at once although there is one,
 * since an unknown option of a plain reader (`nm --plugin x.so`) is there to do more than read.
 */
const table = `
ls dir vdir: all aAbBcdfFghHiklLmnNopqQrRsStuUvwxXZ1 all almost-all color human-readable recursive reverse size sort time full-time group-directories-first classify inode directory
cat tac nl: all AabeEnstTuvrwhdfilpb number number-nonblank show-all show-ends show-tabs squeeze-blank reverse separator
head tail: all cnqvfFsz lines bytes quiet silent verbose follow
wc: all cmlLw bytes chars lines words max-line-length
stat: all cfLt format printf file-system dereference terse
file: all bhiLkNz brief mime mime-type mime-encoding dereference
du: all abchHkLmsSx0d all apparent-size bytes human-readable max-depth summarize total exclude si
df: all ahHiklPTt human-readable inodes local type
basename dirname: none aszZ multiple suffix zero
realpath readlink: all eLmPqszfnv canonicalize canonicalize-existing relative-to relative-base strip
cut: all bcdfnsz bytes characters delimiter fields only-delimited output-delimiter complement
sort: all bdfghiMnRrVkuzcCmstS key field-separator numeric-sort reverse unique version-sort human-numeric-sort stable ignore-case check
uniq: one cdDfiswuz count repeated unique ignore-case skip-fields skip-chars
comm join paste fold fmt expand unexpand column: all 1230abcdefinostvwxzz delimiter serial width spaces tabs table separator check-order
cmp diff: all abBcdEiIlnNpqrstTuUwwyZ brief unified context recursive side-by-side ignore-all-space ignore-space-change ignore-case color exclude report-identical-files new-file
md5sum sha1sum sha224sum sha256sum sha512sum b2sum cksum sum: all bctwz check binary text status quiet
od hexdump: all AjNtvwxobcdCnsgplu address-radix format skip-bytes read-bytes
xxd: one bcdsgplu
strings: all afnotez all bytes radix print-file-name encoding
nm: all aABCDfglnoprsSuPt demangle dynamic extern-only defined-only undefined-only numeric-sort size-sort print-file-name
size readelf: all AaBdehlnrsStuVwWx headers file-header program-headers section-headers symbols syms dynamic all wide
objdump: all adDfghprsStTxCwMj disassemble section headers syms file-headers all-headers full-contents demangle
tr seq true false : pwd whoami id groups uname arch nproc free uptime sleep expr factor numfmt logname tty: none abcdDefFghiIklLmnoprsStuvwzGM1234567890 delete squeeze-repeats complement
printf: none
test [ [[: all abcdefghknoprstuwxzGLNOS
date: none uRIdr utc rfc-3339 iso-8601 date universal
which type: none aftp
grep egrep fgrep zgrep: pattern aAbBcCeEFGhHiILlmnoPqRrsTUvVwxyZz regexp ignore-case invert-match word-regexp line-regexp count color files-with-matches files-without-match max-count only-matching quiet no-messages line-number no-filename with-filename after-context before-context context include exclude exclude-dir recursive extended-regexp fixed-strings perl-regexp null text binary-files
rg: pattern aAbBcCeFgHiIlLmMnNoPqrsStTuUvVwx0 regexp ignore-case smart-case invert-match word-regexp count files files-with-matches files-without-match max-count only-matching line-number no-line-number heading no-heading color glob iglob hidden no-ignore type type-not context after-context before-context fixed-strings sort json stats max-depth multiline pcre2 ignore-file unrestricted no-messages no-filename with-filename column vimgrep trim null replace text max-columns
fd fdfind: pattern aeEgHiILpstdu0l hidden no-ignore extension type max-depth min-depth glob absolute-path exclude follow print0 size color full-path
find: all name iname path ipath wholename type size mtime mmin atime ctime newer maxdepth mindepth print print0 not o or a and prune empty user group perm regex iregex links inum follow xdev mount readable writable executable regextype ls depth daystart H L P quit
tree: all adfFilLpPIsDhC0123456789 dirsfirst noreport du gitignore prune matchdirs filelimit charset
tar: all tvzjJf list verbose file gzip
unzip zipinfo: all lvZz12
ps: none AaefuxlF
cd: all
`;

type Known = {
  readonly paths: 'all' | 'none' | 'one' | 'pattern';
  readonly letters: string;
  readonly words: ReadonlySet<string>;
};

const known: ReadonlyMap<string, Known> = new Map(
  table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [names, rest] = line.split(/: (?=all|none|one|pattern)/);
      const [paths, letters = '', ...words] = rest!.split(' ');
      const entry = { paths: paths as Known['paths'], letters, words: new Set(words) };
      return names!.split(' ').map((name): [string, Known] => [name, entry]);
    }),
);

const versionOf =
  'node npm pnpm yarn npx bun deno python python3 pip pip3 ruby perl php java javac gcc g++ clang make cmake cargo rustc rustup go docker kubectl terraform tsc swift dotnet bash zsh uv poetry gem bundle mvn gradle git rg gh';
const printsVersion = new Set(versionOf.split(' '));

/** Git's subcommands that only read, with the options and words that leave them so. */
const gitReaders: Readonly<Record<string, RegExp>> = {
  status: /^(-[bsuzv]+|--(short|branch|porcelain|long|ignored|untracked-files)(=\w+)?)$/,
  log: /^(-\d+|-L.*|-[ncpsgiELSGu]+\d*|--(oneline|stat|graph|all|decorate|name-only|name-status|reverse|no-merges|merges|follow|patch|shortstat|numstat|abbrev-commit|first-parent|date|format|pretty|since|until|after|before|author|grep|max-count|branches|tags|remotes|left-right|cherry-pick|cherry-mark|find-renames|cherry|no-stat|full-history|topo-order|date-order|name|relative-date)(=.*)?)$/s,
  diff: /^(-[uwbpsMBRz]+\d*|--(stat|cached|staged|name-only|name-status|shortstat|numstat|patch|word-diff|unified|color|no-color|summary|check|ignore-all-space|no-prefix|diff-filter|find-renames|no-renames|ignore-space-change|ignore-blank-lines|minimal|compact-summary|dirstat|word-diff-regex|merge-base|quiet|exit-code)(=.*)?)$/,
  show: /^(-[spqwM]+|--(stat|name-only|name-status|oneline|format|pretty|no-patch|patch|shortstat|numstat|decorate|no-stat|find-renames|date|abbrev-commit|no-color|color)(=.*)?)$/s,
  blame: /^(-[LwMCelsnft]+[\d,+]*|--(porcelain|line-porcelain|date)(=.*)?)$/,
  branch: /^(-[arv]+|--(list|all|remotes|show-current|contains|merged|no-merged|sort|format)(=.*)?)$/s,
  'ls-files': /^(-[comstdz]+|--(cached|others|modified|deleted|exclude-standard|stage|error-unmatch)(=.*)?)$/,
  'rev-parse': /^--(abbrev-ref|short|show-toplevel|verify|is-inside-work-tree|git-dir|show-prefix|quiet)(=\d+)?$/,
  'rev-list': /^--(count|all|max-count|no-merges|oneline)(=\d+)?$/,
  remote: /^(-v|--verbose)$/,
  tag: /^(-l|-n\d*|--(list|sort|contains|points-at)(=.*)?)$/,
  describe: /^--(tags|always|dirty|long|abbrev)(=.*)?$/,
  shortlog: /^-[sne]+$/,
  'stash list': /^--oneline$/,
  'worktree list': /^--porcelain$/,
};

/** What is known of a command by its words alone: it only reads (and which words may be paths), it has an unknown option, or nothing. */
export type KnownReading =
  | { readonly kind: 'reads'; readonly paths: readonly Argument[] }
  | { readonly kind: 'option'; readonly option: string }
  | { readonly kind: 'unknown' };

export function readKnown({ words }: SimpleCommand): KnownReading {
  const [first, ...args] = words;
  if (!first?.isKnown) return { kind: 'unknown' };
  const name = programName(first.value);
  if (printsVersion.has(name) && args.length === 1 && /^(-v|-V|--version|version)$/.test(args[0]!.value))
    return { kind: 'reads', paths: [] };
  if (name === 'git') return readGit(args);
  if (name === 'sed' || name === 'gsed') return readSed(args);
  if (/^[gm]?awk$/.test(name)) return readAwk(args);
  // Whatever it is given, it prints.
  if (name === 'echo') return { kind: 'reads', paths: [] };
  if (name === 'ps' && !args.every(({ value }) => /^(-[AaefuxlF]+|aux?)$/.test(value))) return { kind: 'unknown' };
  if (name === 'tar' && args.some(({ value }) => value.includes(':'))) return { kind: 'unknown' };
  if (name === 'tar' && !/^-?[vzjJf]*t[vzjJf]*$/.test(args[0]?.value ?? '')) return { kind: 'unknown' };
  const entry = known.get(name);
  if (!entry) return { kind: 'unknown' };
  const end = args.findIndex(({ value }) => value === '--');
  const unknown = args
    .slice(0, end === -1 ? undefined : end)
    .find((each) =>
      isOption(each) ? !isAllowed(each.value, entry) && !isPattern(name, each) : isResponse(name, each),
    );
  if (unknown) return startsOthers.has(name) ? { kind: 'unknown' } : { kind: 'option', option: unknown.value };
  return readOperands(args, entry);
}

/** Searches that are there to start a program for what they find, so that an option of theirs says nothing. */
const startsOthers = new Set(['find', 'fd', 'fdfind']);

function readOperands(args: readonly Argument[], { paths }: Known): KnownReading {
  const operands = args.filter((argument) => !isOption(argument));
  if (paths === 'none') return { kind: 'reads', paths: [] };
  if (paths === 'one' && operands.length > 1) return { kind: 'option', option: operands[1]!.value };
  if (paths !== 'pattern') return { kind: 'reads', paths: args };
  const hasPattern = args.some(({ value }) => /^(-[a-zA-Z]*e|--regexp.*|--files)$/.test(value));
  const values = args.filter(({ value }) => /^--[a-z-]+=/.test(value));
  return { kind: 'reads', paths: [...(hasPattern ? operands : operands.slice(1)), ...values] };
}

function isOption({ value }: Argument): boolean {
  return /^-./.test(value) && !/^-\d+$/.test(value);
}

/** A response file (`@opts`) gives options that are not seen. */
function isResponse(name: string, { value }: Argument): boolean {
  return value.startsWith('@') && /^(nm|objdump|readelf|size|strings)$/.test(name);
}

/** `-g'*.ts'`, `-e'x y'`: the letter takes the rest of the word for what is looked for. */
function isPattern(name: string, { value }: Argument): boolean {
  return name === 'rg' && /^-[egtT]./.test(value);
}

function isAllowed(option: string, { letters, words }: Known): boolean {
  if (option === '--') return true;
  const long = /^--([a-z0-9-]+)(=.*)?$/s.exec(option);
  if (long) return words.has(long[1]!);
  // Letters with a value that is a number, a range (`-c1-8`) or one sign (`-d:`).
  const short = /^-([A-Za-z0-9]+)(?:[\d,.-]+|[^A-Za-z0-9/\n-])?$/.exec(option)?.[1];
  if (short === undefined) return false;
  return words.has(short) || [...short.replace(/\d+$/, '')].every((letter) => letters.includes(letter));
}

function readGit(args: readonly Argument[]): KnownReading {
  const own = args.slice(args.findIndex(({ value }) => !/^(--no-pager|-P|--no-optional-locks)$/.test(value)));
  const two = own
    .slice(0, 2)
    .map(({ value }) => value)
    .join(' ');
  const [subcommand, rest] = two in gitReaders ? [two, own.slice(2)] : [own[0]?.value ?? '', own.slice(1)];
  const options = Object.hasOwn(gitReaders, subcommand) ? gitReaders[subcommand] : undefined;
  if (!options) return { kind: 'unknown' };
  const end = rest.findIndex(({ value }) => value === '--');
  const unknown = rest
    .slice(0, end === -1 ? undefined : end)
    .find(({ value }) => value.startsWith('-') && !options.test(value));
  if (unknown) return { kind: 'option', option: unknown.value };
  const operands = rest.filter(({ value }) => !value.startsWith('-'));
  const makes = /^(branch|tag|remote)$/.test(subcommand) && operands.length > 0 && operands.length === rest.length;
  if (makes) return { kind: 'unknown' };
  return {
    kind: 'reads',
    paths: operands.map((word) => ({ ...word, value: word.value.replace(/^[^:]*:/, '') })),
  };
}

/** `sed -n 1,20p file` and `sed s/a/b/ file`; anything else of sed's language is not read here. */
function readSed(args: readonly Argument[]): KnownReading {
  const options = args.filter(({ value }) => value.startsWith('-'));
  const [script, ...files] = args.filter(({ value }) => !value.startsWith('-'));
  const unknown = options.find(({ value }) => !/^-[nErs]+$/.test(value));
  if (unknown) return { kind: 'unknown' };
  const isPlain = /^(\d+|\$)?(,(\d+|\$))?[pdq]$|^s([/|#])[^/|#\n\\]*\4[^/|#\n\\]*\4[gIp\d]*$/.test(script?.value ?? '');
  return isPlain && script?.isKnown ? { kind: 'reads', paths: files } : { kind: 'unknown' };
}

/** `awk '{print $1}' file` and the like: fields, texts and no call, redirection, pipe or variable of its own. */
function readAwk(args: readonly Argument[]): KnownReading {
  const [flag] = args;
  const rest = flag && /^-F./.test(flag.value) ? args.slice(1) : args;
  const [program, ...files] = rest;
  const isPlain = /^(\/[\w .:-]*\/|NR *[=<>]=? *\d+)? *(\{ *print( *(\$\w+|"[^"\\]*"|,))* *\})?$/.test(
    program?.value ?? '-',
  );
  return isPlain && program?.isKnown && files.every(({ value }) => !/^-|=/.test(value))
    ? { kind: 'reads', paths: files }
    : { kind: 'unknown' };
}

const plainSettings =
  /^\s*(\[(core|user|init|pull|push|advice|color|(remote|branch) "[^"]*")\]|(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|safecrlf|quotepath|url|fetch|merge|rebase|email|name|defaultbranch|default|ff|ui) *=[^\\]*|[#;].*)?$/i;

/** Whether git in this folder runs nothing by its configuration: a plain `.git` folder with well-known settings only. */
export function isPlainRepository(folder: string): boolean {
  const path = join(folder, '.git');
  try {
    if (!statSync(path).isDirectory() || statSync(join(path, 'commondir'), { throwIfNoEntry: false })) return false;
    const settings = readRegular(join(path, 'config')).toString('utf8').split('\n');
    return settings.every((line) => plainSettings.test(line) && !/url *=.*(::|--|^-)/.test(line));
  } catch {
    return false;
  }
}
