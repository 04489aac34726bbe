// Prints after Jest's own summary what `notTested` was told in any of its processes.
const { existsSync, readFileSync, rmSync } = require('node:fs');
const { resolve } = require('node:path');

const file = resolve('.local', 'not-tested');

module.exports = class {
  onRunStart() {
    rmSync(file, { force: true });
  }

  onRunComplete() {
    if (existsSync(file))
      process.stderr.write(`\nNot tested on this machine:\n${readFileSync(file, 'utf8').replace(/^(?=.)/gm, '  ')}`);
    rmSync(file, { force: true });
  }
};
