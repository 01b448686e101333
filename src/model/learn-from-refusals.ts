import type { Habits } from './endpoint-habits.ts';
import { Fault } from './http/fault.ts';
import { hostOf } from './http/fault-messages.ts';
import type { RequestBody } from './request/write-request.ts';

/** A lesson changes the habits and gives a sentence for the user, or '' where there is nothing to say; undefined: it does not apply. */
type Lesson = (said: string, body: RequestBody, habits: Habits, fault: Fault) => string | undefined;

/**
 * Learns from a refusal how the endpoint wants the conversation written, so that the same can be asked again at once. undefined when the
 * refusal teaches nothing (or nothing new); else a sentence for the user, '' when there isn't one worth saying.
 */
export function learn(error: unknown, body: RequestBody, habits: Habits, baseUrl: string): string | undefined {
  if (!(error instanceof Fault) || !isLesson(error, body)) return undefined;
  for (const lesson of lessons) {
    const sentence = lesson(error.said, body, habits, error);
    if (sentence === undefined) continue;
    habits.version += 1;
    return sentence === '' ? '' : `${hostOf(baseUrl)} ${sentence}`;
  }
  return undefined;
}

/** A body that is too large counts only where a picture may have made it so. */
function isLesson({ kind, said }: Fault, { images }: RequestBody): boolean {
  if (kind === 'context-length')
    return images.length > 0 && /image|(request|body|payload).{0,40}(size|too large|exceed)/i.test(said);
  return kind === 'bad-request' || kind === 'server' || kind === 'not-found';
}

/** Chat templates of Gemma, Mistral and others raise these in Jinja; servers pass them on with 400 or 500. */
const turns: Lesson = (said, _, habits) => {
  if (
    habits.wantsTurns ||
    !/roles? must alternate|must alternate|alternating|unexpected role '?user'? after/i.test(said)
  )
    return undefined;
  habits.wantsTurns = true;
  return '';
};

const shortIds: Lesson = (said, _, habits) => {
  if (habits.wantsShortIds || !/tool[ _]call id.{0,80}(length of 9|nine|9 char)/i.test(said)) return undefined;
  habits.wantsShortIds = true;
  return '';
};

const systemRole: Lesson = (said, _, habits) => {
  if (
    !habits.hasNoDeveloper &&
    /developer/i.test(said) &&
    /role|not one of|variant|invalid|unknown|support/i.test(said)
  ) {
    habits.hasNoDeveloper = true;
    return '';
  }
  if (
    habits.hasNoSystem ||
    !/system (role|messages?|prompts?).{0,30}(not|n't|un)\s?(be )?support|no system role/i.test(said)
  )
    return undefined;
  habits.hasNoSystem = true;
  return '';
};

/** Gemini 3: "Function call is missing a thought_signature in functionCall parts." */
const signatures: Lesson = (said, _, habits) => {
  if (habits.wantsSignatures || !/thought_?signature/i.test(said)) return undefined;
  habits.wantsSignatures = true;
  return '';
};

const demand =
  /missing|require|must|need|lack|absent|expect|provide|pass(ed)? (it |them )?back|should (be|have|contain)/i;

/** Moonshot and DeepSeek want a model's reasoning back with its calls; older ones and strict readers refuse the field. */
const reasoning: Lesson = (said, { json }, habits) => {
  const field = /\b(reasoning_content|reasoning)\b(?!_)/.exec(said)?.[1];
  if (field !== 'reasoning_content' && field !== 'reasoning') return undefined;
  const isSent = new RegExp(`"${field}":"`).test(json);
  const isDemand =
    !isSent || (demand.test(said) && !/\bnot\b|can't|extra|unknown|unexpected|unsupported|unrecognized/i.test(said));
  if (isDemand && habits.reasoning === 'as-given') {
    habits.reasoning = 'always';
    habits.reasoningField = field;
    return '';
  }
  if (!isSent || habits.reasoning === 'never') return undefined;
  habits.reasoning = 'never';
  return '';
};

const speaksOfImages =
  /image|vision|visual|multi-?modal|mmproj|picture|media|payload|request.{0,30}(size|too large)|(expected|must be|should be) (a )?(valid )?string|string type|str type/i;
const cannotSee =
  /\b(support|accept|take|allow|have|capab)\w* (for |no |any )*(image|vision|visual|multi)|(image|vision|visual|multi-?modal)\w*( \w+){0,3} (is|are|was|were)?\s?(not|n't|un|only)|no image|text[- ]only|only text|variant|mmproj|string|str type/i;
const isBad =
  /invalid|\bvalid\b|unsupported (image|picture)|corrupt|decode|could not|cannot|can't|unable|failed|too (large|big|small)|exceed|dimension|media.?type|format|base64|process/i;

/** An image that can't be read is withdrawn alone, where others were taken before; a model that sees nothing gets none any more. */
const images: Lesson = (said, body, habits) => {
  if (body.images.length === 0 || habits.refusesImages || !speaksOfImages.test(said)) return undefined;
  const fresh = body.images.filter((url) => !habits.acceptedImages.has(url));
  if (isBad.test(said) && !cannotSee.test(said) && fresh.length > 0) {
    for (const url of fresh) habits.refusedImages.add(url);
    return `refused an image (${said}); it was left out of the request; the text stays.`;
  }
  habits.refusesImages = true;
  return `does not accept our images (${said}); they are left out of the requests, and the text stays.`;
};

/** Anthropic: "max_tokens: 64000 > 32000, which is the maximum allowed number of output tokens". */
const outputLimit: Lesson = (said, _, habits) => {
  const most = Number(/max\w*_tokens\b.*?>\s*(\d+)/i.exec(said)?.[1] ?? Number.NaN);
  if (!(most > 0) || most >= (habits.maxOutputTokens ?? Number.POSITIVE_INFINITY)) return undefined;
  habits.maxOutputTokens = most;
  return '';
};

/** Claude's thoughts are bound to what preceded them: where that changed, they and all later ones are refused. */
const thoughts: Lesson = (said, body, habits) => {
  const isAbout =
    /`?signature`? in `?thinking`?|thinking`? blocks?.{0,80}(cannot be modified|bound to)|block is bound to/i.test(
      said,
    );
  if (!isAbout || body.steps === undefined || habits.thinksFrom >= body.steps) return undefined;
  habits.thinksFrom = body.steps;
  return '';
};

const lessons: readonly Lesson[] = [thoughts, turns, shortIds, systemRole, signatures, images, reasoning, outputLimit];
