import { readFileSync, writeFileSync } from 'node:fs';
import { readCommandLine, runCommand, Stop } from '../../local/commandLine.js';
import { readTable } from '../../src/http/csvTable.js';
import { openApi, type Api } from './api.js';
import { changesOf, readable } from './dryRun.js';
import { cancel, exitCodeOf, follow, previousOf, resultOf, submit, type ExitCode } from './job.js';
import { withIds } from './match.js';
import { readCsvOfAll, readModels } from './models.js';
import { openProgress } from './progress.js';

const usage = `Applies a CSV file of updates as one job of the Model Performance API, and waits for its end.

  bulk updates.csv --url https://<app>.azurewebsites.net [--match model,manufacturer] [--result out.csv]
  bulk updates.csv --url … --dry-run        only reads, and prints what would change
  bulk --export models.csv --url …          writes all models as such a file
  bulk --undo <job> --url …                 sets the values from before a job
  bulk --cancel <job> --url …               cancels what of a job has not started

The first line of the file names its columns: id (or those of --match), and the properties to change. An empty cell leaves a value as it is.

  --match   columns that name the model instead of its id; what fits no model or several is refused, by line
  --result  where to write what became of each row; <file>.result.csv by default
  --null    "clear": a cell that says null clears model or manufacturer
  --excel   comma or semicolon: what is written is for the Excel of a country
  --again   another job, though these rows were handed in before
  --api     client id of the API, to ask the Azure CLI for a token; else the variable TOKEN holds one

The same file goes on with its job: after Ctrl-C or a lost connection, give the same command again.
Ends with 0 when all rows are applied, with 1 when some are not, 2 when it was refused, 3 when it could not be told.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const readFlags = () =>
  readCommandLine({
    command: 'bulk',
    help: usage,
    allowPositionals: true,
    options: {
      ...{ url: text, api: text, match: text, result: text, export: text, undo: text, cancel: text },
      ...{ null: text, excel: text, 'dry-run': flag, again: flag },
    },
    read: (values, [file, ...more]) => {
      const { url, excel } = values;
      if (excel !== undefined && !['comma', 'semicolon'].includes(excel))
        throw new Error('--excel is comma or semicolon.');
      if (values.null !== undefined && values.null !== 'clear') throw new Error('--null takes nothing but clear.');
      const works = [file, values.export, values.undo, values.cancel].filter((work) => work !== undefined);
      if (works.length !== 1 || more.length > 0)
        throw new Error('Name one file, or one of --export, --undo and --cancel.');
      if (url === undefined) throw new Error('--url is missing.');
      return { ...values, url, file };
    },
  });

type Flags = ReturnType<typeof readFlags>;

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<ExitCode> {
  const flags = readFlags();
  const api = openApi(flags.url, flags.api);
  if (flags.export !== undefined) {
    writeFileSync(flags.export, await readCsvOfAll(api, flags.excel));
    return 0;
  }
  if (flags.cancel !== undefined) {
    print(`${flags.cancel}: ${(await cancel(api, flags.cancel)).status}`);
    return 0;
  }
  if (flags.undo !== undefined)
    return runJob(api, await previousOf(api, flags.undo), { ...flags, null: 'clear' }, `undo-${flags.undo}`);
  return apply(api, flags.file ?? '', flags);
}

async function apply(api: Api, file: string, flags: Flags): Promise<ExitCode> {
  const bytes = readFile(file);
  const match = flags.match?.split(',').map((name) => name.trim());
  const models = match !== undefined || flags['dry-run'] ? await readModels(api) : [];
  const csv =
    match === undefined
      ? bytes
      : withIds(
          readable(() => readTable(bytes)),
          match,
          models,
        );
  const changes = changesOf(csv, flags['dry-run'] ? models : undefined, flags.null === 'clear');
  if (!flags['dry-run']) return runJob(api, csv, flags, file.replace(/\.csv$/i, ''));
  for (const change of changes) print(change);
  print(changes.length === 1 ? '1 value would change.' : `${changes.length} values would change.`);
  return 0;
}

function readFile(file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new Stop(`${file} cannot be read: ${error instanceof Error ? error.message : ''}`, 2);
  }
}

async function runJob(api: Api, csv: string | Uint8Array<ArrayBuffer>, flags: Flags, name: string): Promise<ExitCode> {
  const { jobId } = await submit(api, csv, { nullClears: flags.null === 'clear', again: flags.again });
  process.on('SIGINT', () => {
    process.stderr.write(
      `\nJob ${jobId} goes on. The same command shows it again; --cancel ${jobId} cancels what has not started.\n`,
    );
    process.exit(3);
  });
  print(`Job ${jobId}`);
  const job = await follow(api, jobId, openProgress());
  const result = flags.result ?? `${name}.result.csv`;
  writeFileSync(result, await resultOf(api, jobId, flags.excel));
  const { total, applied, notApplied, unknown, canceled } = job.rows;
  print(
    `${job.status}: ${applied} of ${total} applied, ${notApplied} not applied, ${unknown} unknown, ${canceled} canceled. Rows: ${result}`,
  );
  return exitCodeOf(job);
}

runCommand(async () => {
  process.exitCode = await main();
});
