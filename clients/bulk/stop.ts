/** How the command ends: 0 all applied, 1 some not, 2 refused before anything was done, 3 it could not be told. */
export type ExitCode = 0 | 1 | 2 | 3;

/** An end before the work is done, in words for whoever typed the command. */
export class Stop extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message);
  }
}
