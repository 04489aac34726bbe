import { answersOf } from './answers.js';
import { element, field, fold, prose } from './dom.js';
import { resolved, sample, described } from './schema.js';
import { token } from './token.js';

/** One call of the contract: what it is, a form that sends it, and what it can answer. */
export function operationView({ method, path, operation, contract, problems }) {
  const address = `${contract.servers[0].url}${path}`;
  const inputs = (operation.parameters ?? []).map((given) => parameterInput(resolved(given, contract), contract));
  const body = bodyInput(operation, contract);
  const live = element('div', { class: 'live', role: 'status' });
  const command = element('pre', { tabindex: '0' });
  const request = () => requestOf(method, address, inputs, body);
  const renew = () => {
    command.textContent = curlOf(request());
  };
  const form = element(
    'form',
    {
      oninput: renew,
      onsubmit: (event) => {
        event.preventDefault();
        void send(request(), live);
      },
    },
    ...inputs.map(({ view }) => view),
    ...body.views,
    element('button', { type: 'submit', class: 'send' }, 'Send'),
    fold('As a command', {}, command),
    live,
  );
  renew();
  const role = roleOf(operation);
  const view = fold(
    [
      element('span', { class: `method ${method}` }, method.toUpperCase()),
      element('code', {}, address),
      element('span', { class: 'what' }, operation.summary),
      role && element('span', { class: 'role' }, `needs ${role}`),
    ],
    { class: 'operation', id: operation.operationId },
    ...operation.description.split('\n\n').map((part) => element('p', {}, ...prose(part))),
    form,
    element('h3', {}, 'Answers'),
    answersOf(operation, contract, problems),
  );
  return { view, renew };
}

/** The roles of which it needs one; none for what everybody may call. */
function roleOf({ security = [] }) {
  const needed = security.length > 0 && security.every((one) => Object.keys(one).length > 0);
  const roles = security.flatMap((one) => Object.values(one).flat()).map((role) => role.split('.').at(-1));
  return needed ? roles.join(' or ') : undefined;
}

function parameterInput({ name, in: place, required, description, schema, example }, contract) {
  const { enum: members, type, default: preset } = resolved(schema, contract);
  const value = example ?? (required ? sample(schema, contract) : undefined);
  const control = members
    ? element(
        'select',
        {},
        ...(required ? [] : ['']).concat(members).map((one) => element('option', { value: one }, String(one))),
      )
    : element('input', {
        type: type === 'integer' ? 'number' : 'text',
        value: value === '…' ? '' : value,
        placeholder: preset === undefined ? undefined : String(preset),
        required,
        spellcheck: 'false',
        autocomplete: 'off',
        ...(name === 'id' && { list: 'ids' }),
      });
  return { name, place, control, view: field(name, control, description) };
}

/** The editor of a body, and the choice of its type where there is one. */
function bodyInput({ requestBody }, contract) {
  if (requestBody === undefined) return { views: [] };
  const types = Object.entries(requestBody.content);
  const exampleOf = ({ example, schema }) => {
    const shown = example ?? sample(schema, contract);
    return typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2);
  };
  const first = exampleOf(types[0][1]);
  const editor = element('textarea', { rows: String(Math.min(12, first.split('\n').length + 1)), spellcheck: 'false' });
  editor.value = first;
  const choice = element('select', {}, ...types.map(([type]) => element('option', {}, type)));
  choice.addEventListener('change', () => {
    editor.value = exampleOf(requestBody.content[choice.value]);
  });
  const { properties = {} } = resolved(types[0][1].schema, contract);
  const rows = Object.entries(properties).map(([name, schema]) => [
    element('dt', {}, element('code', {}, name), ` ${described(schema, contract)}`),
    element('dd', {}, ...prose(schema.description ?? '')),
  ]);
  return {
    type: () => choice.value,
    text: () => editor.value,
    views: [
      types.length > 1 ? field('Type of the body', choice) : undefined,
      field('Body', editor),
      rows.length > 0 ? fold('Properties', {}, element('dl', {}, ...rows.flat())) : undefined,
    ].filter(Boolean),
  };
}

function requestOf(method, address, inputs, body) {
  const filled = inputs.filter(({ control }) => control.value !== '');
  const path = filled
    .filter(({ place }) => place === 'path')
    .reduce((text, { name, control }) => text.replace(`{${name}}`, encodeURIComponent(control.value)), address);
  const query = new URLSearchParams(
    filled.filter(({ place }) => place === 'query').map(({ name, control }) => [name, control.value]),
  );
  const headers = Object.fromEntries(
    filled.filter(({ place }) => place === 'header').map(({ name, control }) => [name, control.value]),
  );
  if (token() !== '') headers.authorization = `Bearer ${token()}`;
  if (body.text) headers['content-type'] = body.type();
  const url = `${location.origin}${path}${query.size > 0 ? `?${query}` : ''}`;
  return { url, method: method.toUpperCase(), headers, ...(body.text && { body: body.text() }) };
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same request for a shell; the token itself stays out of it. */
function curlOf({ url, method, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) =>
    name === 'authorization' ? '-H "authorization: Bearer $TOKEN"' : `-H ${quoted(`${name}: ${value}`)}`,
  );
  return [`curl -X ${method} ${quoted(url)}`, ...lines, ...(body ? [`-d ${quoted(body)}`] : [])].join(' \\\n  ');
}

async function send({ url, ...request }, live) {
  live.replaceChildren(element('p', {}, 'Sent, waiting for the answer …'));
  const startMs = performance.now();
  try {
    const answer = await fetch(url, request);
    const text = await answer.text();
    const ms = Math.round(performance.now() - startMs);
    const wait = answer.headers.get('retry-after');
    live.replaceChildren(
      element(
        'p',
        { class: answer.ok ? 'good' : 'bad' },
        element('b', { class: 'status' }, String(answer.status)),
        ` after ${ms} ms, request ${answer.headers.get('x-request-id') ?? 'unknown'}${wait === null ? '' : `, wait ${wait} s`}`,
      ),
      element('pre', { tabindex: '0', class: 'body' }, readable(text, answer.headers.get('content-type') ?? '')),
    );
  } catch {
    live.replaceChildren(
      element('p', { class: 'bad' }, 'No answer: the connection failed. What became of the call is not known.'),
    );
  }
}

function readable(text, type) {
  if (!/json/.test(type) || text === '') return text === '' ? '(no body)' : text;
  return JSON.stringify(JSON.parse(text), null, 2);
}
