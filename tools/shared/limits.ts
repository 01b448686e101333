/** Lines that one read gives when no limit is named. */
export const readLines = 2000;
/** Characters that one read gives; at about four a token this is a tenth of a context of 128,000 tokens. */
export const readCharacters = 48_000;
/** Longer lines are cut in what the model sees. */
export const lineCharacters = 2000;

/** Bytes of a command's output that the model gets: its head and its (longer, since errors come last) tail. */
export const outputHeadBytes = 8_000;
export const outputTailBytes = 16_000;
/** A command's kept output stops growing here, so that an endless command can't fill the disk. */
export const outputFileBytes = 100 * 1024 * 1024;
/** Live output is passed on whole up to here, then at most one piece of `livePieceBytes` each `liveIntervalMs`. */
export const liveBytes = 256 * 1024;
export const livePieceBytes = 2048;
export const liveIntervalMs = 200;

export const shellDefaultSeconds = 120;
export const shellMaximumSeconds = 3600;
/** Between SIGTERM and SIGKILL. */
export const killGraceMs = 1500;
/** How long output may still arrive after a command has ended while another process holds its pipe open. */
export const drainMs = 150;
export const jobsAtOnce = 16;

/** Files that a glob lists, and lines that a grep shows. */
export const globFiles = 500;
export const grepLines = 300;
export const grepLineCharacters = 400;
export const grepCharacters = 24_000;

/** Larger files are changed by a command, not by edit or write, which hold the whole file in memory. */
export const editBytes = 16 * 1024 * 1024;
/** Lines of a diff that a view carries. */
export const diffViewLines = 400;

/** Lines of a change that a question shows: all that anybody could read. */
export const previewLines = 50_000;
