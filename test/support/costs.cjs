// Loaded before everything else (NODE_OPTIONS): writes down what the process connects to, and at its first answer which files it has loaded.
const { appendFileSync } = require('node:fs');
const { ServerResponse } = require('node:http');
const { Socket } = require('node:net');

const note = (...words) => appendFileSync(process.env.COSTS_FILE, `${words.join(' ')}\n`);

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...given) {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  note('connected', first.port);
  return connect.apply(this, given);
};

const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function (...given) {
  ServerResponse.prototype.end = end;
  for (const file of Object.keys(require.cache)) note('loaded', file);
  return end.apply(this, given);
};
