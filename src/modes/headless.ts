import { Stop } from '../agent/stop-reason.ts';
import { endInTime, endNow } from '../core/process/end-in-time.ts';
import type { Run } from '../core/run/run.ts';

import { exitCodeOf } from './exit-codes.ts';
import { answerJson, answerText, openOutput, streamJson } from './output-formats.ts';
import { showProgress } from './show-progress.ts';
import { runStream } from './stream-json-input.ts';
import type { StreamQuestions } from './stream-json-questions.ts';

export type HeadlessOptions = {
  readonly run: Run;
  /** Without one the messages come from `input`. */
  readonly prompt: string;
  /** One message a line (--input-format stream-json). */
  readonly input?: NodeJS.ReadableStream;
  /** Whose lines of `input` are answers to questions. */
  readonly questions?: StreamQuestions | undefined;
  readonly format: 'text' | 'json' | 'stream-json';
  readonly verbose: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warnings: readonly string[];
  /** What is to be read from the session when its last turn has ended. */
  readonly beforeClose?: () => Promise<void>;
};

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** One task without a screen: the answer to stdout, all else to stderr. Gives the exit code. */
export async function runHeadless(options: HeadlessOptions): Promise<number> {
  const { run } = options;
  const answer = openOutput(process.stdout, 'answer');
  const side = openOutput(process.stderr, 'progress');
  const progress = showProgress(side, {
    colour: side.isTerminal && !options.env.NO_COLOR,
    verbose: options.verbose,
    columns: () => process.stderr.columns ?? 80,
  });
  run.subscribe(progress.listen);
  run.subscribe(
    options.format === 'text'
      ? answerText(answer)
      : options.format === 'json'
        ? answerJson(answer)
        : streamJson(answer, run.session),
  );
  for (const message of options.warnings) progress.listen({ type: 'warning', message });

  const stopReading = new AbortController();
  let signal: (typeof stopSignals)[number] | undefined;
  const onSignal = (name: (typeof stopSignals)[number]) => {
    if (signal) return endNow(exitCodeOf('aborted', name));
    signal = name;
    endInTime(exitCodeOf('aborted', name));
    stopReading.abort();
    run.stop(new Stop('aborted', `The run was ended by ${name}.`, name));
  };
  for (const name of stopSignals) process.on(name, onSignal);
  try {
    const result = options.input
      ? await runStream(run, options.input, stopReading.signal, { first: options.prompt, questions: options.questions })
      : await run.submit(options.prompt);
    await answer.flush();
    const fault = answer.fault();
    if (fault === undefined && options.input && signal) return exitCodeOf('aborted', signal);
    if (fault === undefined) return exitCodeOf(result?.outcome ?? 'done', signal);
    side.write(`wink-agent: The answer could not be written to stdout (${fault}); session ${run.session} has it.\n`);
    return exitCodeOf('error');
  } finally {
    progress.stop();
    try {
      await options.beforeClose?.();
    } finally {
      await run.close();
      for (const name of stopSignals) process.off(name, onSignal);
      await answer.flush();
      await side.flush();
    }
  }
}
