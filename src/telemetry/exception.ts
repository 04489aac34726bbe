/** What of an error may leave the process: its type, where it was thrown, its code. Never its message, which may quote a value. */
export interface ToldError {
  readonly type: string;
  readonly frames: string;
  readonly code: string;
}

const typeForm = /^[\w.$]{1,100}$/;
const codeForm = /^[A-Z][A-Z\d_]{1,60}$/;
const frame = /^ {4}at .+$/gm;

/** Reads an error of any kind, and trusts nothing that it holds. Never throws. */
export function tellError(error: unknown): ToldError {
  try {
    return error instanceof Error ? tell(error) : { type: `thrown ${typeof error}`, frames: '', code: '' };
  } catch {
    // One whose properties throw when they are read.
    return { type: 'Error', frames: '', code: '' };
  }
}

/** The same as lines of a log: type, code and frames. */
export function logLines(error: unknown): string {
  const { type, code, frames } = tellError(error);
  return [[type, code].filter(Boolean).join(' '), frames].filter(Boolean).join('\n');
}

function tell(error: Error): ToldError {
  const { name, message, stack, code } = error as Partial<Record<'name' | 'message' | 'stack' | 'code', unknown>>;
  return {
    type: typeof name === 'string' && typeForm.test(name) ? name : 'Error',
    frames: typeof stack === 'string' && typeof message === 'string' ? framesOf(stack, message) : '',
    code: typeof code === 'string' && codeForm.test(code) ? code : '',
  };
}

/** A message of several lines can look like frames: what follows it is read, and nothing when it is not found. */
function framesOf(stack: string, message: string): string {
  const at = stack.indexOf(message);
  return at < 0 ? '' : (stack.slice(at + message.length).match(frame) ?? []).join('\n');
}

/** Does what is only told to others: whatever goes wrong there, the caller's answer goes on (F39). */
export function quietly(tellOthers: () => void): void {
  try {
    tellOthers();
  } catch {
    // Nobody is left to be told.
  }
}
