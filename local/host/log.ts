/** Levels of a function's log, as the library names them. */
export type Level = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

export type Log = (level: Level, source: string, message: string) => void;

const shown: readonly Level[] = ['information', 'warning', 'error', 'critical'];
const troubles: readonly Level[] = ['warning', 'error', 'critical'];

/** One line of log. Control characters are written as escapes, so that a message cannot forge a second line or drive a terminal. */
export function logLine(at: Date, source: string, message: string): string {
  const safe = message.replace(/\p{Cc}/gu, (control) =>
    control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `[${at.toISOString()}] [${source}] ${safe}\n`;
}

/** Writes what is `information` or worse, the real host's default: troubles to stderr, the rest to stdout. */
export const writeLog: Log = (level, source, message) => {
  if (!shown.includes(level)) return;
  const stream = troubles.includes(level) ? process.stderr : process.stdout;
  stream.write(logLine(new Date(), source, message));
};
