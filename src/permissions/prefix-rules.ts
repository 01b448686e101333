/**
 * The commands for which a rule with any arguments (`shell(npm test:*)`) is offered: those that run or build what is in the repository, and
 * record it in its history. A yes to one of them is a yes to the repository's own code, and more arguments of the kinds listed here only
 * choose what of it runs. Everything else is offered as the very command, or not at all: with other arguments `mkdir`, `make`, `env` or
 * `timeout` do something that nobody was shown.
 *
 * After the words of the command come the options that leave it so; `*` is one word that the rule names (the script). An option with `=` takes
 * a value, in the next word or behind `=`; one with `=""` takes prose, which is nothing else whatever it says.
 * `yarn run` and `bun run` are not among them: where there is no script of that name they start a program.
 */
const table = `
npm test: -s --silent --if-present
npm run *: -s --silent --if-present
pnpm test: -s --silent --if-present
pnpm run *: -s --silent --if-present
yarn test: -s --silent
cargo build|check|test|clippy|doc: -p= --package= --lib --bin= --bins --test= --tests --example= --examples --all --all-targets --workspace --release --features= --all-features --no-default-features -q --quiet -v -vv --verbose --no-run --no-fail-fast --locked --offline --frozen --message-format=
go build|test|vet: -v -run= -bench= -benchmem -count= -race -short -cover -timeout= -failfast -parallel= -json
pytest: -q -v -vv -x -s -k= -m= -l -ra -rA --lf --ff --last-failed --maxfail= --tb= --durations= --no-header --collect-only
git add: -A -u -v -N --all --update --verbose
git commit: -m="" -am="" --message="" -a -q -s -v --all --quiet --signoff --verbose
`;

/** What an option is followed by. */
type Follower = 'nothing' | 'value' | 'prose';

type Entry = {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, Follower>;
};

const entries: readonly Entry[] = table
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [command = '', list = ''] = line.split(': ');
    const [program = '', verbs, ...more] = command.split(' ');
    const options = new Map(list.split(' ').map(readOption));
    return (verbs?.split('|') ?? [undefined]).map((verb) => ({
      words: [program, ...(verb === undefined ? [] : [verb]), ...more],
      options,
    }));
  });

function readOption(text: string): [string, Follower] {
  const [name = '', sign] = text.split('=');
  return [name, sign === undefined ? 'nothing' : sign === '' ? 'value' : 'prose'];
}

/** The words of the rule with any arguments that may be offered for a command; undefined where there is none. */
export function prefixFor(words: readonly string[]): readonly string[] | undefined {
  const given = words.map((value) => ({ value, isKnown: true }));
  const entry = entries.find((each) => begins(each, words) && placesOf(each, given.slice(each.words.length)));
  return entry && words.slice(0, entry.words.length);
}

/** A word of a command; `isOneWord` says of one that is not known that bash makes a single word of it. */
type GivenWord = { readonly value: string; readonly isKnown: boolean; readonly isOneWord?: boolean };

/**
 * The words behind such a prefix that may name a place; undefined where a rule that was granted when it was offered does not cover them: an
 * option that is not in the table may name another folder or a program to run, and a word that is not known may become one. For a prefix
 * that is never offered, which somebody wrote by hand, any words will do.
 */
export function placesWithin(prefix: readonly string[], rest: readonly GivenWord[]): readonly string[] | undefined {
  const entry = entries.find((each) => each.words.length === prefix.length && begins(each, prefix));
  return entry ? placesOf(entry, rest) : rest.map(({ value }) => value);
}

function begins(entry: Entry, words: readonly string[]): boolean {
  return entry.words.every((word, at) =>
    word === '*' ? /^[\w:.@/][\w:.@/-]*$/.test(words[at] ?? '') : word === words[at],
  );
}

function placesOf({ options }: Entry, rest: readonly GivenWord[]): readonly string[] | undefined {
  const places: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at]!;
    const [, name = '', inline] = /^([^=]*)(=.*)?$/s.exec(word.value) ?? [];
    const follower = options.get(name);
    if (follower === 'prose' && inline !== undefined && isOneWord(word)) continue;
    if (!word.isKnown) return undefined;
    // Behind it all is the script's or the test's own, or a file.
    if (word.value === '--') return withAll(places, rest.slice(at + 1));
    places.push(word.value);
    // `@file` holds more options.
    if (word.value.startsWith('@')) return undefined;
    if (!word.value.startsWith('-')) continue;
    if (follower === undefined || (follower === 'nothing' && inline !== undefined)) return undefined;
    const next = rest[at + 1];
    if (follower === 'nothing' || inline !== undefined || next === undefined) continue;
    // Some programs take any word for the value, and others this one for the next option.
    if (follower === 'prose' ? !isOneWord(next) : next.value.startsWith('-')) return undefined;
    if (follower === 'prose') at += 1;
  }
  return places;
}

function withAll(places: readonly string[], rest: readonly GivenWord[]): readonly string[] | undefined {
  return rest.every(({ isKnown }) => isKnown) ? [...places, ...rest.map(({ value }) => value)] : undefined;
}

function isOneWord({ isKnown, isOneWord: isOne = false }: GivenWord): boolean {
  return isKnown || isOne;
}
