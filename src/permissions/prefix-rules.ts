/**
 * The commands for which a rule with any arguments (`shell(npm test:*)`) is offered: those that run or build what is in the repository, and
 * record it in its history. A yes to one of them is a yes to the repository's own code, and more arguments of the kinds listed here only
 * choose what of it runs. Everything else is offered as the very command, or not at all: with other arguments `mkdir`, `make`, `env` or
 * `timeout` do something that nobody was shown.
 *
 * After the words of the command come the options that leave it so; `*` is one word that the rule names (the script). After `--` everything is
 * the script's or the test's own.
 */
const table = `
npm test: -s --silent --if-present
npm run *: -s --silent --if-present
pnpm test: -s --silent --if-present
pnpm run *: -s --silent --if-present
yarn test: -s --silent
yarn run *: -s --silent
bun run *: --silent
cargo build|check|test|clippy|doc: -p --package --lib --bin --bins --test --tests --example --examples --all --all-targets --workspace --release --features --all-features --no-default-features -q --quiet -v -vv --verbose --no-run --no-fail-fast --locked --offline --frozen --message-format
go build|test|vet: -v -run -bench -benchmem -count -race -short -cover -timeout -failfast -parallel -json
pytest: -q -v -vv -x -s -k -m -l -ra -rA --lf --ff --last-failed --maxfail --tb --durations --no-header --collect-only
git add: -A -u -v -N --all --update --verbose
git commit: -m -a -am -q -s -v --message --all --quiet --signoff --verbose
`;

type Entry = {
  readonly words: readonly string[];
  readonly options: ReadonlySet<string>;
};

const entries: readonly Entry[] = table
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [command = '', list = ''] = line.split(': ');
    const [program = '', verbs, ...more] = command.split(' ');
    const options = new Set(list.split(' '));
    return (verbs?.split('|') ?? [undefined]).map((verb) => ({
      words: [program, ...(verb === undefined ? [] : [verb]), ...more],
      options,
    }));
  });

/** The words of the rule with any arguments that may be offered for a command; undefined where there is none. */
export function prefixFor(words: readonly string[]): readonly string[] | undefined {
  const entry = entries.find((each) => begins(each, words) && isKept(each, words));
  return entry && words.slice(0, entry.words.length);
}

/**
 * Whether a rule of such a prefix, granted when it was offered, covers a command: no option that is not in the table, which may name another
 * folder or a program to run. true for a prefix that is never offered, which somebody wrote by hand.
 */
export function isWithinPrefix(prefix: readonly string[], words: readonly string[]): boolean {
  const entry = entries.find((each) => each.words.length === prefix.length && begins(each, prefix));
  return entry === undefined || isKept(entry, words);
}

function begins(entry: Entry, words: readonly string[]): boolean {
  return entry.words.every((word, at) =>
    word === '*' ? /^[\w:.@/-]+$/.test(words[at] ?? '-') && !words[at]!.startsWith('-') : word === words[at],
  );
}

function isKept({ words: { length }, options }: Entry, words: readonly string[]): boolean {
  const rest = words.slice(length);
  const end = rest.indexOf('--');
  const own = end === -1 ? rest : rest.slice(0, end);
  return own.every((word) => !word.startsWith('-') || options.has(word.replace(/=.*$/s, '')));
}
