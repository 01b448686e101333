import { anyOf } from './any-of.ts';

/**
 * Ways of saying things that add nothing to what is forbidden, each with what takes its place. They are taken out one after the other, so
 * that few patterns cover many wordings: "it'd be great if you didn't end up editing x" is "do not edit(ing) x".
 */
type Step = readonly [pattern: RegExp, words: string];

const sure =
  '(?:(?:make|be) (?:absolutely |very |really |damn |doubly )?(?:sure|certain)|ensure|see to it|take care|be careful|watch out|remember|note|mind|(?:do )?keep in mind|bear in mind|be aware|as (?:a reminder|always|usual|i said|mentioned)|whatever (?:you do|happens)|no matter what|in any case|to be (?:clear|explicit|on the safe side)|just (?:to be clear|so you know|a heads.up)|heads.?up|fyi|one (?:more|last|other) thing|(?:very |most )?important(?:ly)?|i repeat|again|hint|p\\.?s\\.?|above all|most of all|and yes|from now on|going forward|until further notice|i (?:said|told you|asked you|insist|repeat)|like i said)';
const wish =
  '(?:i (?:would |really |also |just )*(?:expect|ask|insist|prefer|rather|like|love|need|want|wish|beg|hope|appreciate|appreciate it)|(?:it )?(?:would|will) (?:be|is) (?:\\w+ )?(?:great|nice|good|best|better|ideal|helpful|cool|important|lovely|perfect)|(?:it is|it would be|this is) (?:\\w+ )?(?:important|crucial|critical|essential|imperative|vital|required|best)|you (?:are to|have to|need to|must|should|ought to|had better)|the (?:only |one |main |hard |first |golden |most important )*(?:thing|rule|constraint|condition|requirement|limit|catch|ask)(?: here)? is|my only (?:ask|request|wish|condition|constraint) is|we (?:should|need to|must|have to|want to|are going to|will)|let us)';
const stage =
  '(?:at (?:this|that) (?:point|stage|time)|(?:for|in|during) (?:this|that|the current) (?:whole )?(?:task|step|round|iteration|pass|one|session|part|phase|turn|first step|pr|change|branch|ticket)|for the (?:time being|moment)|for (?:now|today|starters)|right now|today|this time(?: around)?|to (?:start|begin)(?: with)?|for the record|as (?:a )?first step|on this one)';
const forbidding =
  '(?:not|never|avoid|refrain|leave|keep|stay|only|stick|limit|restrict|confine|spare|skip|nothing|no|hold|without)';

/** Only behind these words is "you didn't" an order. */
const wished: readonly Step[] = [
  [
    new RegExp(
      `^${wish},?(?: if| that| to)* (?:you |to |for you to )*(?:did|do|could|would|will|are|were) (?:not|never) (?:to )?`,
      'i',
    ),
    'do not ',
  ],
  [new RegExp(`^${wish},?(?: if| that| to)* (?:you |to |for you to )*left\\b`, 'i'), 'leave'],
  [new RegExp(`^${wish},?(?: if| that| to)* (?:you |to |for you to )*kept\\b`, 'i'), 'keep'],
  [new RegExp(`^${wish},?(?: if| that| to)* (?:you |to |for you to )*stayed\\b`, 'i'), 'stay'],
  [
    new RegExp(
      `^${wish},?(?: if| that| to)* (?:you |to |for you to |your changes |the change |(?:can|could|would|should) )*(?=${forbidding}\\b)`,
      'i',
    ),
    '',
  ],
  [
    new RegExp(`^${sure}(?:,|:| -)?(?: that| to| is| also)* you (?:are|do|will|would|can|could) (?:not|never) `, 'i'),
    'do not ',
  ],
];

const prefaces: readonly Step[] = [
  [
    /^(?:you have (?:my |our )?permission to|you are (?:free|allowed|welcome|permitted) to|feel free to|you are more than welcome to|go ahead and) /i,
    'you can ',
  ],
  [/^i (?:am|was) not (?:asking|telling) (?:you )?(?:to|for)(?: you to)? /i, 'do not '],
  [
    /^(?:you|we) do not (?:have|need) to (fix|implement|change|code|solve|repair)(?: (?:it|anything|this|that|them))?$/i,
    'do not implement anything',
  ],
  [
    // What was done already is to be put right, and that changes it again.
    /^i (?:really )?(?:do not (?:like|appreciate|want|enjoy)|hate|dislike)(?: it)? (?:that|when|how|if) you (?:keep |always |constantly |just |again )*(?!(?:have|had|\w{2,}ed|did|wrote|rewrote|made|ran|broke|left|took|built|rebuilt|gave|chose|threw|went|got|kept)\b)(?=\w)/i,
    'do not ',
  ],
  [
    /^i am the (?:only )?(?:one|person) (?:who |that |to )(commit|push|merg|rebas|deploy)(?:e?s|ing|es)?(?: here| to \S+)?$/i,
    'leave the $1ing to me',
  ],
  [/^(?:but )?not by (?=\w+ing\b)/i, 'do not '],
  [/^(?:zero|0) (?=(?:new|extra|additional|code|file|further)\b)/i, 'no '],
  [
    /^all (?:that )?i (?:want|need|ask for|am after) (?:is|are) (?:just )?(?:an?|the|your|some) (?:\w+ )?(?:plan|estimate|opinion|idea|review|analysis|explanation|diagnosis|answers?|proposal|assessment|list|advice|suggestions?|summary|overview)\b.*$/i,
    'do not implement anything',
  ],
  [
    /^(?:the )?(?:code|coding|implementation|implementing|edits?|changes?) (?:comes?|can come|will come|is for|are for|can wait|happens?|follows?)(?: until)?(?: later| afterwards| next)?$/i,
    'do not implement anything',
  ],
  [
    /^only (?:add|write|create|extend) (?:the |some |new |more |missing |unit |integration )*tests?$/i,
    'only change tests',
  ],
  [/^(?:promise me|please promise|promise)(?: that)? /i, ''],
  [/^(commits?|push(?:es)?|merges?|rebases?) no$/i, 'do not do any $1'],
  [
    /^i (?:will |can )?(?:handle|take care of|do|deal with|manage) (?:the |all |all the )?git(?: stuff| part| side| things| work)?(?: myself)?$/i,
    'leave git alone',
  ],
  [new RegExp(`^${sure}(?:,|:| -)? (?:that |to |is |also )*`, 'i'), ''],
  [new RegExp(`^${stage}(?:,|:)? `, 'i'), ''],
  [
    /^(?:please |kindly |also |and |but |so |then |ok |okay |well |absolutely |definitely |strictly |really )+(?=\w)/i,
    '',
  ],
  [
    /^(?:to )?(?:not|never) (?:to )?(?!(?:the|a|an|any|all|in|on|at|it|so|only|just|every|even|that|this|my|your|our)\b)(?=\w)/i,
    'do not ',
  ],
  [
    /^(?:(?:there is )?no need (?:for|of)|(?:we|i) do not need|(?:this|it) does not need|does not need|skip the|spare me the|hold the|save yourself the|forget (?:about )?the|i can do without) (?:an? |the |any )*(?=(?:new |git )*(?:commits?|prs?|pull requests?|branch(?:es)?|push|dependenc\w+|packages?|libs?|librar\w+|md files?|markdown files?|summary files?|documentation files?)\b)/i,
    'no ',
  ],
  [
    /^(?:skip|hold off(?: on)?|hold back(?: on| from)?|wait with|leave out|forego|forgo|resist|quit) (?=\w+ing\b)/i,
    'do not ',
  ],
  [/^without (?=(?:git|npm|npx|docker|sudo|pip|yarn|sed|make)\b)/i, 'do not run '],
  [
    /^(?:you |we )do not (?:have|need) to (?=(?:re)?(?:start|launch|run) (?:the |a |any )?(?:dev |local )*(?:servers?|app)\b)/i,
    'do not ',
  ],
  [
    /^(do not|never|avoid) leav(?:e|ing) (?!.*\b(?:te?mp\w*|debug\w*|stray|dead|unused|old)\b)(.+?) (?:behind|lying around|around)$/i,
    '$1 create $2',
  ],
  [/^(do not|never|avoid) (?:hand|manually)[ -]?(edit|modify|change|touch|update)(?:ing)? (.+)$/i, '$1 $2 $3 by hand'],
  [/^(?:do|use|use only|only use|only) (?:the )?(\w+) only$/i, 'only $1'],
];

/** Behind the negation: how far the forbidden thing is gone. Not how it is done: "don't just ...", "don't blindly ..." forbid less. */
const starts: Step = [
  /^((?:do|must|should|shall|may|can) not|never|avoid|stop|refrain from) (?:(?:go ahead and|going ahead and|go and|go around|go(?=\s[\w-]+ing\b)|run off and|feel free to|feel the need to|feel tempted to|feel obliged to|be tempted to|get tempted to|proceed to|proceed with|start(?=\s[\w-]+ing\b)|starting(?=\s[\w-]+ing\b)|begin(?=\s[\w-]+ing\b)|keep(?=\s[\w-]+ing\b)|end up|wind up|even think (?:about|of)|think (?:about|of)|dream of|bother(?=\s[\w-]+ing\b)|decide to|choose to|try and|try to|trying to|attempt to|ever|even|be(?=\s[\w-]+ing\b)|let yourself|get carried away and|jump ahead and|jump ahead to|rush to|under any circumstances?|in any circumstances|by any means|for the love of god|for god's sake|yet|for now|please|at this point|also|waste time) )+/i,
  '$1 ',
];

const done = '(?=\\w+(?:ed|en|t|un|ne|e)\\b)';
/** The passive in its many forms. */
const passives: readonly Step[] = [
  [
    /^(\w+ing(?: .+?)?) (?:needs?|requires?|takes?|is subject to) (?:my|our|an?|explicit|prior)(?: explicit| prior)? (?:ok(?:ay)?|approval|permission|consent|sign.?off|go.ahead|review|blessing)(?: first)?$/i,
    'do not $1',
  ],
  [/^(\w+ing(?: .+?)?) (?:needs?|requires?) my$/i, 'do not $1'],
  [
    /^(\w+ing(?: .+?)?) (?:is|are) (?:not (?:ok(?:ay)?|allowed|permitted|an option|fine|wanted|welcome|acceptable|necessary yet)|forbidden|prohibited|out of the question|verboten|unwanted|banned|off.limits|taboo|a no.go)$/i,
    'do not $1',
  ],
  [
    new RegExp(
      `(^| )(?:(?:does|do|is|are|must|should|shall|may|can|will) (?:not|never)|never) (?:ever )?(?:get to be|gets?|getting|to be|to get|being|supposed to be|meant to be|allowed to be|permitted to be|intended to be|end up being|end up|going to be|be) ${done}`,
      'i',
    ),
    '$1must not be ',
  ],
  [
    / (?:is|are) never (?=(?:changed|edited|modified|touched|committed|deleted|removed|overwritten|altered)\b)/i,
    ' must not be ',
  ],
  [
    /^(.+?) (?:must|should|have to|has to|need to|needs to|shall) (?:keep passing|still pass|pass|stay green|keep working|keep running|run|be green|work)(?: as (?:is|they are))? (?:without|with no) (?:being (?:changed|edited|modified|touched)|changes?|edits?|modifications?|any changes?|changing (?:it|them)|touching (?:it|them)|modification)$/i,
    '$1 must not be changed',
  ],
  [
    /^(.+?) (?:must|should|have to|has to|need to|needs to) (?:keep passing|pass|stay green) (?:unmodified|unchanged|untouched|as.is)$/i,
    '$1 must not be changed',
  ],
  [
    /^(.+?) (?:can|could|may|must|should|will) (?:not|never) (?:change|be different|differ|see (?:any )?(?:changes|edits|a change))$/i,
    '$1 must not be changed',
  ],
  [
    /^(nothing|no files?) ((?:in|under|inside|below|within|of) .+?) (?:should|must|may|can|is to|will) (?:be different|differ|move|be affected|have changed)$/i,
    '$1 $2 must be changed',
  ],
  [
    /^(.+?) (?:is|are) (?:not (?:yours|ours|to be (?:messed|tampered|fiddled) with|up for (?:change|discussion|grabs|edits?)|part of (?:this|it|that|(?:this|the) (?:task|change|scope|job|refactor(?:ing)?|pr|plan|deal))|in scope|for you to (?:change|edit|touch)|something (?:you|we) (?:may|should|can) (?:change|edit|touch)|your (?:business|job|concern|problem))|none of your (?:business|concern)|(?:set|carved|cast|written) in stone|off the table|not on the table|not negotiable|locked down|hands.off|do.not.touch|verboten|do not edit|do not modify|somebody else['’]?s(?: job| problem)?|someone else['’]?s(?: job| problem)?)$/i,
    '$1 is off limits',
  ],
];

const measure = '(?:exactly |just |precisely |completely |totally |entirely |fully |byte.for.byte |bit.for.bit )*';
const asIs = `(?:${measure}(?:(?:the way|how|as|like|what) (?:it|they|that|those|things|you) (?:is|are|was|were|found (?:it|them)|currently (?:is|are)|(?:is|are) currently)(?: (?:right now|now|today|currently|at the moment|on main|in main))?|the same|identical|well alone|alone|be|out of (?:it|this|that|the (?:equation|change|diff|picture|scope|rename|refactor|refactoring|migration|cleanup))|as.is|unharmed|undisturbed|unchanged|untouched))`;
const keeping: readonly Step[] = [
  [
    /^(?:treat|consider|regard|see|think of|pretend|imagine) (.+?) (?:(?:as|to be|is|are|were) )?(?:being |strictly |completely |an? )*(?:off.limits|read.only|untouchable|taboo|sacrosanct|frozen|out of bounds|sacred|holy|no.go(?: zone| area)?|immutable|fixed|untouched|given|locked|closed|done|(?:set|carved|cast|written) in stone)$/i,
    'leave $1 unchanged',
  ],
  [/^use (`[^`]+`|[\w./-]+) (?:as.is|unchanged|unmodified|as it is|the way it is)$/i, 'leave $1 unchanged'],
  [
    new RegExp(
      `^(?:leave|keep|let|have|preserve) (?!(?:it|the) (?:at|to)\\b)(.+?) (?:stay |remain |be )?${asIs}$`,
      'i',
    ),
    'leave $1 unchanged',
  ],
  [
    new RegExp(
      `^(.+?) (?:needs? to|has to|have to|must|should|is to|are to|will|shall|can|ought to) (?:stay|remain|be left|be kept|be|keep|come out|end up|turn out|look) ${asIs}$`,
      'i',
    ),
    'leave $1 unchanged',
  ],
  [new RegExp(`^(.+?) (?:stays?|remains?) ${asIs}$`, 'i'), 'leave $1 unchanged'],
  [/^(.+?) (?:needs? to|has to|have to|ought to|gets? to|shall) (stay|remain|be left) /i, '$1 must $2 '],
  [
    /^(?:leave|keep) (?:your |those |any |all )*(?:hands|fingers|edits|changes|paws|mitts) (?:off|away from|out of) (?:of )?/i,
    'do not touch ',
  ],
  [
    /^(?:stay|keep|steer|remain|be|back) (?:well |far |completely |the hell )*(?:away|out|clear|off)(?: from| of)? (?!limits)/i,
    'do not touch ',
  ],
  [
    /^keep (?:it|this|that|the change|everything|your changes|the fix|the diff|all changes) (?:to|in|inside|within) (?:just )?(?:(?:one|a single|this|that|the one) file|the file)[,:]? (?:and that is |namely |i\.e\. )?/i,
    'only change ',
  ],
];

/** What may come at the end and narrows nothing. */
const trailing: readonly RegExp[] = [
  /,? (?:in|across|within|of|from|to) (?:this|the|our|my|that) (?:whole |entire )?(?:repo|repository|project|codebase|code base|workspace|checkout|working tree|working copy)$/i,
  /(?<!\bnot),? (?:in the process|along the way|on the way|as part of (?:this|that|it|the (?:change|fix|work|task|refactor(?:ing)?))|for (?:this|that)(?: (?:task|feature|bug|bugfix|fix|pr|ticket|issue|work|change|refactor|one|part|step|session|round|story|exercise|to work))?|this round|this session|tonight|on your (?:end|side|own)|(?:from|by) (?:you|us|anyone|anybody|me|your side)|by accident|accidentally|either way|of any kind|of any sort|whatsoever|in general|as well|on (?:it|this|them)|when you are done|while (?:you are )?(?:at it|there|(?:doing|fixing|implementing|refactoring|working on|changing) (?:it|so|this|that|the \w+))|in doing so|doing so|at any point|at any time|ok|okay|alright|right|got it|understood|mate|man|bro|thx|ty|cheers|for the time being|for me|behind|lying around|around|whatever happens|no matter what|if possible|period|full stop|in any case|so soon|like last time|the way you did last time|like you did(?: last time| before)?|like before|by yourself|of your own|while i am away|in there|afterwards|in between|so far)$/i,
  / (?:summari[sz]ing|describing|explaining|documenting|detailing|listing|about|covering) (?:your|the|what|it|this|that|all|these|those|changes|how)\b[^,;]*$/i,
  / (?:that|which) (?:summari[sz]es?|describes?|explains?|documents?|details?|lists?|sums? up) [^,;]*$/i,
];

const code = /`[^`]*`/g;
const openings: readonly Step[] = [...wished, ...prefaces];
const endings: readonly Step[] = [...passives, ...keeping];
const mayOpen = anyOf(openings.map(([pattern]) => pattern));
const mayTrail = anyOf(trailing);
const mayEnd = anyOf(endings.map(([pattern]) => pattern));

/** A clause with what adds nothing taken out; what is in backticks is never changed. */
export function simplify(clause: string): string {
  const kept: string[] = [];
  let words = clause.replace(code, (quoted) => `\u0001${kept.push(quoted) - 1}\u0001`).trim();
  for (let round = 0; round < 6; round += 1) {
    const before = words;
    if (mayOpen.test(words)) for (const [pattern, plain] of openings) words = words.replace(pattern, plain).trim();
    words = words.replace(starts[0], starts[1]);
    if (mayTrail.test(words)) for (const pattern of trailing) words = words.replace(pattern, '').trim();
    if (words === before) break;
  }
  if (mayEnd.test(words)) for (const [pattern, plain] of endings) words = words.replace(pattern, plain);
  return words.replace(/\u0001(\d+)\u0001/g, (_, at: string) => kept[Number(at)] ?? '');
}
