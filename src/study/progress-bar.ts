/** Where progress goes: stderr as a rule. `isTTY` decides between a bar that redraws itself and plain lines. */
export type ProgressStream = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

export type ProgressOptions = {
  readonly stream: ProgressStream;
  /** What is being done: "replay", "report". */
  readonly label: string;
  /** What is counted, in the plural: "trajectories", "files". */
  readonly unit: string;
  /** How many there will be; left out while unknown. */
  readonly total?: number;
  /** Milliseconds of a monotonic clock; injected by tests. */
  readonly now?: () => number;
};

export type Progress = {
  /** Says that `amount` more are done (1 when left out). Draws at most ten times a second on a terminal, each ten seconds elsewhere. */
  readonly advance: (amount?: number) => void;
  /** The total became known, or was wrong. */
  readonly setTotal: (total: number) => void;
  /** The share done, 0..1, for whoever knows bytes but not how many items they hold. */
  readonly setShare: (share: number) => void;
  /** Writes a line of its own; a bar that is there makes room and is drawn again at the next advance. */
  readonly say: (line: string) => void;
  /** Clears the bar (terminal) or prints a last line (elsewhere, when one was printed before). Call it before printing results. */
  readonly finish: () => void;
};

const terminalIntervalMs = 100;
const plainIntervalMs = 10_000;

/** A progress display with count, share, rate and remaining time. Never a timer: it draws when it is told of progress. */
export function createProgressBar(options: ProgressOptions): Progress {
  const now = options.now ?? (() => performance.now());
  const isTerminal = options.stream.isTTY === true;
  const intervalMs = isTerminal ? terminalIntervalMs : plainIntervalMs;
  const startedAt = now();
  let drawnAt = startedAt;
  let done = 0;
  let total = options.total;
  let share: number | undefined;
  let hasDrawn = false;

  const draw = () => {
    const line = progressLine({
      ...options,
      done,
      total,
      share,
      elapsedMs: now() - startedAt,
      width: options.stream.columns ?? 80,
    });
    options.stream.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
    drawnAt = now();
    hasDrawn = true;
  };

  return {
    advance: (amount = 1) => {
      done += amount;
      if (now() - drawnAt >= intervalMs) draw();
    },
    setTotal: (known) => {
      total = known;
    },
    setShare: (known) => {
      share = known;
    },
    say: (line) => {
      options.stream.write(isTerminal && hasDrawn ? `\r\u001b[2K${line}\n` : `${line}\n`);
    },
    finish: () => {
      if (!hasDrawn) return;
      if (isTerminal) options.stream.write('\r\u001b[2K');
      else draw();
    },
  };
}

/** One line of progress, cut to the width. Pure, so that a screen can show it too. */
export function progressLine(state: {
  label: string;
  unit: string;
  done: number;
  total?: number | undefined;
  share?: number | undefined;
  elapsedMs: number;
  width: number;
}): string {
  const elapsedSeconds = state.elapsedMs / 1000;
  const perSecond = elapsedSeconds > 0 ? state.done / elapsedSeconds : 0;
  const rate =
    perSecond >= 1 ? `${formatCount(perSecond)} ${state.unit}/s` : `${formatCount(perSecond * 60)} ${state.unit}/min`;
  const share = state.total ? Math.min(1, state.done / state.total) : state.share;
  if (share === undefined)
    return `${state.label}  ${formatCount(state.done)} ${state.unit} · ${rate}`.slice(0, state.width - 1);
  const leftSeconds = share > 0 ? (elapsedSeconds * (1 - share)) / share : undefined;
  const counted = state.total ? `${formatCount(state.done)}/${formatCount(state.total)}` : formatCount(state.done);
  const words = [
    counted,
    `${Math.floor(share * 100)} %`,
    rate,
    leftSeconds === undefined ? 'time left unknown' : `${formatSeconds(leftSeconds)} left`,
  ].join(' · ');
  const barWidth = Math.min(30, state.width - state.label.length - words.length - 5);
  const bar = barWidth >= 8 ? `${drawBar(share, barWidth)}  ` : '';
  return `${state.label}  ${bar}${words}`.slice(0, state.width - 1);
}

function drawBar(share: number, width: number): string {
  const filled = Math.round(share * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}

/** `1,234`; fractions below ten keep one digit. */
export function formatCount(value: number): string {
  if (value < 10 && !Number.isInteger(value)) return value.toFixed(1);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `8 s`, `2 min 05 s`, `3 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
