import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** An end whose reason is known: one line and no stack trace. */
export class Stop extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 = 1,
  ) {
    super(message);
  }
}

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: boolean }>
>;

interface CommandLine<Options extends ParseArgsOptionsConfig, Flags> {
  /** As it is typed, such as `npm run token --`. */
  readonly command: string;
  /** What `--help` prints. */
  readonly help: string;
  readonly options: Options;
  readonly allowPositionals?: true;
  /** Makes what the command needs of what was given. @throws Error with one sentence about a mistake */
  readonly read: (values: Parsed<Options>['values'], positionals: readonly string[]) => Flags;
}

/**
 * Reads the command line of this process: every command's, so that all of them refuse mistakes and print `--help` in the same way.
 * Ends the process after the help. @throws Stop with exit code 2 and one line about a mistake
 */
export function readCommandLine<Options extends ParseArgsOptionsConfig, Flags>({
  command,
  help,
  options,
  allowPositionals = false as never,
  read,
}: CommandLine<Options, Flags>): Flags {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(help);
    process.exit(0);
  }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: allowPositionals as boolean });
    return read(values, positionals);
  } catch (error) {
    throw new Stop(`${mistakeOf(error)} See ${command} --help.`, 2);
  }
}

/** One sentence; Node's own may come without a full stop, or with advice about positional arguments. */
function mistakeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message
    .replace(/\s+/g, ' ')
    .replace(/\. To specify .*$/, '')
    .replace(/\.?$/, '.');
}

/** Reads a whole number. @throws Error that names the flag and its bounds */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`${flag} takes a whole number from ${least} to ${most}.`);
}

/** What a failure of the file system means to whoever ran the command; `run.mjs` has the same for the time before the packages are there. */
const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full.',
  EROFS: 'This folder is read-only.',
  EACCES: 'This file belongs to somebody else (sudo?), or may not be written.',
  EPERM: 'This file belongs to somebody else (sudo?), or may not be written.',
  EEXIST: 'There is a file where a folder is needed: remove it.',
  ENOTDIR: 'There is a file where a folder is needed: remove it.',
};

/** Runs a command: a known reason to end is one line, anything else comes with its stack. */
export function runCommand(main: () => void | Promise<void>): void {
  const failed = (error: unknown) => {
    process.stderr.write(`${lineOf(error)}\n`);
    process.exit(error instanceof Stop ? error.exitCode : 1);
  };
  try {
    void Promise.resolve(main()).catch(failed);
  } catch (error) {
    failed(error);
  }
}

function lineOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Stop) return error.message;
  const meaning = meanings[(error as NodeJS.ErrnoException).code ?? ''];
  return meaning === undefined ? (error.stack ?? error.message) : `${meaning} (${error.message})`;
}
