import { spawn } from 'node:child_process';
import { watch as watchFile } from 'node:fs';
import { createInterface } from 'node:readline';

/** Files that the host reads when it starts, beside the compiled ones. */
const readAtStart = ['host.json', 'local.settings.json'];

/** Editors save in several steps. */
const settleMs = 200;

/**
 * Compiles whenever a source changes, and prints the compiler's errors. Only a program without errors is written, so that what runs stays whole.
 * @param changed called after a good compile but the first, and after a change of a file that the host reads when it starts
 * @returns ends it
 */
export function watchSources(changed: (what: string) => void, print: (line: string) => void): () => void {
  const compiler = spawn(
    process.execPath,
    [require.resolve('typescript/bin/tsc'), '--watch', '--noEmitOnError', '--preserveWatchOutput', '--pretty', 'false'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let compiled = 0;
  createInterface({ input: compiler.stdout }).on('line', (line) => {
    // "12:00:00 PM - Found 0 errors. Watching for file changes."
    const errors = / - Found (?<errors>\d+) errors?\./.exec(line)?.groups?.errors;
    if (errors === undefined) {
      if (line !== '' && !/ - (File change detected|Starting compilation)/.test(line)) print(line);
      return;
    }
    compiled += 1;
    if (errors !== '0') print(`Errors: ${errors}. What ran before goes on.`);
    else if (compiled > 1) changed('The sources');
  });

  const watchers = readAtStart.map((name) => {
    let timer: NodeJS.Timeout | undefined;
    return watchFile(name, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        changed(name);
      }, settleMs);
    });
  });
  return () => {
    compiler.kill();
    for (const watcher of watchers) watcher.close();
  };
}
