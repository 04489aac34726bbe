import { element, milliseconds, pretty, showList, tone } from './elements.js';

const byId = (id) => document.getElementById(id);

function drawStatus(status, isPending) {
  const text = isPending ? '…' : status === 0 ? 'no answer' : String(status);
  return element('span', { className: `status ${isPending ? 'muted' : tone(status)}` }, text);
}
const muted = (text) => element('span', { className: 'muted' }, text);

/** Calls with what they did at Graph. */
export function showCalls(entries) {
  showList(byId('calls'), entries, ({ call, startedAt, steps, outcome }) => {
    const ends = steps.map(({ afterMs, tookMs }) => afterMs + (tookMs ?? 0));
    const totalMs = Math.max(1, (call?.endedAt ?? startedAt) - startedAt, ...ends);
    const head = element(
      'div',
      { className: 'line' },
      element('b', {}, call?.method ?? 'In the background'),
      element('code', {}, call?.path ?? ''),
      call && drawStatus(call.status ?? 0, call.endedAt === undefined),
      call?.code ? element('span', {}, call.code) : undefined,
      outcome ? muted(`outcome ${outcome}`) : undefined,
      call?.endedAt ? muted(milliseconds(call.endedAt - startedAt)) : undefined,
    );
    return element(
      'li',
      {},
      head,
      element('ol', { className: 'steps' }, ...named(steps).map((step) => drawStep(step, totalMs))),
    );
  });
}

/** Attempts are counted; the rest is called what it is. */
function named(steps) {
  let attempts = 0;
  return steps.map((step) => ({ ...step, name: step.kind === 'attempt' ? `attempt ${(attempts += 1)}` : step.kind }));
}

function drawStep({ name, status, afterMs, waitedMs, tookMs, fault, items }, totalMs) {
  const bar = element('i');
  bar.style.left = `${(afterMs / totalMs) * 100}%`;
  bar.style.width = `${((tookMs ?? 0) / totalMs) * 100}%`;
  const line = element(
    'span',
    { className: 'line' },
    waitedMs > 0 ? element('span', { className: 'warn' }, `waited ${milliseconds(waitedMs)},`) : undefined,
    element('span', {}, name),
    drawStatus(status, tookMs === undefined && status === 0),
    items ? element('span', {}, `(${items})`) : undefined,
    tookMs === undefined ? undefined : muted(milliseconds(tookMs)),
    fault ? element('span', { className: 'warn' }, fault) : undefined,
  );
  return element('li', {}, line, element('span', { className: `track ${tone(status)}`, ariaHidden: 'true' }, bar));
}

/** The table of models; what has changed since the last time is marked for a while. */
export function showModels(models) {
  const table = byId('models');
  const names = Object.keys(models[0] ?? {});
  const before = table.shown;
  const rows = models.map((model) => {
    const old = before?.get(model.id);
    const cells = names.map((name) => {
      const isFresh = old !== undefined && old[name] !== model[name];
      const kind = typeof model[name] === 'number' ? 'number' : '';
      return element('td', { className: `${kind} ${isFresh ? 'fresh' : ''}` }, String(model[name] ?? '–'));
    });
    return element('tr', { id: `model-${model.id}` }, ...cells);
  });
  const head = element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name)));
  table.shown = new Map(models.map((model) => [model.id, model]));
  table.replaceChildren(element('thead', {}, head), element('tbody', {}, ...rows));
}

/** The parts of docs/FAULTS.md. */
const groups = [
  [/^F(0\d|1\d|20)/, 'A. Graph answers badly'],
  [/^F2\d/, 'B. The connection fails'],
  [/^F3[0-4]/, 'C. The identity fails'],
  [/^F3[5-9]/, 'D. Telemetry'],
  [/^(keys|metadata)/, 'F. Signing keys (F66, F67)'],
  [/^F[78]\d/, 'G. Bulk'],
  [/./, 'Others'],
];
const groupOf = ({ id }) => groups.find(([form]) => form.test(id))[1];

/** Switches made from the emulator's table of faults. */
export function showFaults(faults, toggle) {
  const drawn = groups.map(([, title]) => {
    const rows = faults.filter((fault) => groupOf(fault) === title).map((fault) => drawFault(fault, toggle));
    return element('div', { hidden: rows.length === 0 }, element('h3', {}, title), ...rows);
  });
  byId('faults').replaceChildren(...drawn);
}

function drawFault({ id, description, canBeArmed }, toggle) {
  const box = element('input', { type: 'checkbox', role: 'switch', disabled: !canBeArmed, value: id });
  box.addEventListener('change', () => toggle(id, box.checked));
  return element('label', { className: 'fault' }, box, element('b', {}, id), element('span', {}, description));
}

export function showArmed(armed) {
  const on = new Set(armed.map(({ fault }) => fault));
  for (const box of byId('faults').querySelectorAll('input')) box.checked = on.has(box.value);
}

export function findFaults(text) {
  for (const group of byId('faults').children) {
    const rows = [...group.querySelectorAll('label')];
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(text.toLowerCase());
    group.hidden = rows.every((row) => row.hidden);
  }
}

export function showQuota({ limits, counts }) {
  const limit = limits.writes === null ? 'No quota' : `${limits.writes} writes in ${milliseconds(limits.windowMs)}`;
  const refused = counts.refused.single + counts.refused.batch;
  byId('counts').textContent =
    `${limit}. Counted: ${counts.single} single writes, ${counts.batch} in batches, ${refused} refused; at most ${counts.most} in any window.`;
}

export function showTelemetry(items) {
  showList(byId('telemetry'), items, ({ time, kind, data }) => {
    const name = data.name ?? data.metrics?.[0]?.name ?? data.exceptions?.[0]?.typeName ?? '';
    const said = data.resultCode ?? data.properties?.outcome ?? data.metrics?.[0]?.value ?? '';
    const summary = element('summary', {}, `${time.slice(11, 23)} ${kind} ${name} ${said}`);
    return element('li', {}, element('details', {}, summary, element('pre', {}, JSON.stringify(data, null, 2))));
  });
}

/** @param act called with the method and the path below a job for each of its buttons */
export function showJobs(jobs, act) {
  showList(byId('jobs'), jobs, ({ jobId, status, rows, percent, endedAt, submittedAt }) => {
    const button = (text, method, path) => {
      const made = element('button', { type: 'button' }, text);
      made.addEventListener('click', () => act(method, `${jobId}${path}`));
      return made;
    };
    const counts = ['applied', 'notApplied', 'unknown', 'canceled', 'pending'].filter((name) => rows[name] > 0);
    return element(
      'li',
      {},
      element(
        'div',
        { className: 'line' },
        element('b', {}, status),
        element('span', {}, `${rows.total} rows`),
        ...counts.map((name) => muted(`${rows[name]} ${name}`)),
        muted(endedAt ? `took ${milliseconds(Date.parse(endedAt) - Date.parse(submittedAt))}` : ''),
      ),
      element('progress', { max: 100, value: percent ?? 0, ariaLabel: `Progress of the job of ${rows.total} rows` }),
      element(
        'p',
        { className: 'buttons' },
        ...(endedAt
          ? [button('Result', 'GET', '/result'), button('Values before', 'GET', '/previous')]
          : [button('Cancel', 'DELETE', '')]),
      ),
    );
  });
}

export function showAnswer({ status, tookMs, headers, body }) {
  const told = ['x-request-id', 'retry-after', 'x-ms-error-code', 'location'].filter((name) => headers[name]);
  const head = told.map((name) => `${name}: ${headers[name]}\n`).join('');
  byId('answer').replaceChildren(
    element('p', { className: 'line' }, drawStatus(status, false), muted(milliseconds(tookMs))),
    element(
      'pre',
      { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: 'Answer' },
      `${head}\n${pretty(body)}`,
    ),
  );
}
