import { element } from './elements.js';
import {
  findFaults,
  showAnswer,
  showArmed,
  showCalls,
  showFaults,
  showJobs,
  showModels,
  showQuota,
  showTelemetry,
} from './panels.js';

const byId = (id) => document.getElementById(id);
const form = document.querySelector('#send form');
const { apiUrl, tokens } = await (await fetch('/api')).json();

/** Asks the console's server for something; a refusal is shown at the top until the next answer. */
async function post(what, body) {
  const answer = await fetch(`/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const content = await answer.json();
  byId('notice').hidden = answer.ok;
  byId('notice').textContent = content.error ?? '';
  return answer.ok ? content : undefined;
}

const collection = '/api/v1/model-performance';
const kinds = {
  'Update (PATCH)': { method: 'PATCH', path: (id) => `${collection}/${id}`, hasBody: true },
  'Preview (POST)': { method: 'POST', path: (id) => `${collection}/${id}/preview`, hasBody: true },
  'Read (GET)': { method: 'GET', path: (id) => `${collection}/${id}` },
  'List (GET)': { method: 'GET', path: () => collection },
  'Ready (GET)': { method: 'GET', path: () => '/api/health/ready' },
};

function wanted() {
  const { method, path, hasBody } = kinds[form.what.value];
  const sent = hasBody ? { headers: { 'content-type': 'application/json' }, body: form.body.value } : {};
  return { role: form.role.value, method, path: path(form.model.value), ...sent };
}

/** The same call as a line for a shell. A quotation mark inside is written as each of them wants it. */
const lines = {
  curl: ({ method, path, body }, token) =>
    [
      `curl -i -X ${method} '${apiUrl}${path}'`,
      ...(token ? [`-H 'Authorization: Bearer ${token}'`] : []),
      ...(body === undefined ? [] : [`-H 'Content-Type: application/json' -d '${body.replaceAll("'", `'\\''`)}'`]),
    ].join(' '),
  powershell: ({ method, path, body }, token) =>
    [
      `Invoke-RestMethod -Method ${method} -Uri '${apiUrl}${path}'`,
      ...(token ? [`-Headers @{ Authorization = 'Bearer ${token}' }`] : []),
      ...(body === undefined ? [] : [`-ContentType 'application/json' -Body '${body.replaceAll("'", "''")}'`]),
    ].join(' '),
  token: (_, token) => token ?? '',
};

for (const name of Object.keys(kinds)) form.what.append(element('option', {}, name));
for (const role of [...Object.keys(tokens), 'nobody']) form.role.append(element('option', {}, role));
form.role.value = 'Write';
form.body.value = JSON.stringify({ windowsScore: 87.5, healthStatus: 'meetingGoals' }, null, 2);
byId('docs').href = `${apiUrl}/api/docs`;
byId('docs').addEventListener('click', async (event) => {
  event.preventDefault();
  const fresh = await (await fetch('/api')).json();
  location.assign(`${event.target.href}#token=${fresh.tokens[form.role.value] ?? ''}`);
});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await post('send', wanted());
  if (answer) showAnswer(answer);
});
for (const button of document.querySelectorAll('[data-copy]'))
  button.addEventListener('click', async () => {
    // A token lives for an hour, the page perhaps longer.
    const fresh = await (await fetch('/api')).json();
    await navigator.clipboard.writeText(lines[button.dataset.copy](wanted(), fresh.tokens[form.role.value]));
    byId('answer').replaceChildren(element('p', {}, 'Copied.'));
  });
for (const button of document.querySelectorAll('[data-post]'))
  button.addEventListener('click', () => post(button.dataset.post, JSON.parse(button.dataset.body)));

byId('quota').addEventListener('submit', (event) => {
  event.preventDefault();
  const { writes, windowMs, wait } = event.target;
  void post('quota', { writes: Number(writes.value), windowMs: Number(windowMs.value), wait: wait.value });
});
byId('find').addEventListener('input', ({ target }) => findFaults(target.value));
byId('disarm').addEventListener('click', () => post('disarm', {}));
showFaults(await (await fetch('/faults')).json(), (fault, isOn) => {
  const always = byId('times').value === 'always' ? { times: 'always' } : {};
  return isOn ? post('arm', { fault, ...always }) : post('disarm', { fault });
});

byId('start-job').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await post('job', { rows: Number(event.target.rows.value) });
  if (answer) showAnswer(answer);
});
const actOnJob = async (method, path) => {
  const answer = await post('send', { role: 'Operate', method, path: `${collection}/jobs/${path}` });
  if (answer) showAnswer(answer);
};

/** The list to choose from keeps what was chosen. */
function showModelChoice(models) {
  const { value } = form.model;
  const options = models.map(({ id, model, manufacturer }) =>
    element('option', { value: id }, `${model}, ${manufacturer}`),
  );
  form.model.replaceChildren(...options);
  if (models.some(({ id }) => id === value)) form.model.value = value;
}

const shows = {
  models: (models) => {
    showModels(models);
    if (form.model.options.length !== models.length) showModelChoice(models);
  },
  calls: showCalls,
  armed: showArmed,
  quota: showQuota,
  jobs: (jobs) => {
    showJobs(jobs, actOnJob);
  },
  telemetry: showTelemetry,
};
const events = new EventSource('/events');
events.addEventListener('open', () => (byId('connection').textContent = 'live'));
events.addEventListener('error', () => (byId('connection').textContent = 'not running'));
for (const [name, show] of Object.entries(shows))
  events.addEventListener(name, ({ data }) => {
    show(JSON.parse(data));
  });
