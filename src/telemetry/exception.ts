/** What of an error may leave the process: its type, where it was thrown, its code. Never its message, which may quote a value. */
export interface ToldError {
  readonly type: string;
  readonly frames: string;
  readonly code: string;
}

const typeForm = /^[\w.$]{1,100}$/;
const codeForm = /^[A-Z][A-Z\d_]{1,60}$/;
const frame = /^ {4}at .+$/gm;

/** Reads an error of any kind, and trusts nothing that it holds. */
export function tellError(error: unknown): ToldError {
  if (!(error instanceof Error)) return { type: `thrown ${typeof error}`, frames: '', code: '' };
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
