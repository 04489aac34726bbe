import { element, fold, prose } from './dom.js';
import { resolved, sample } from './schema.js';

/** Whose turn it is after an answer; the order is that of the page. */
const groups = {
  caller: 'Yours to mend',
  again: 'Try again',
  operator: 'Call the operator',
};

const code = (value) =>
  element('pre', { tabindex: '0' }, typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** What an operation can answer: success, then problems by whose turn it is, with one example each. */
export function answersOf({ responses }, contract, problems) {
  const success = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const codes = Object.values(responses).flatMap(codesOf);
  return element(
    'div',
    { class: 'answers' },
    ...success.map(([status, response]) => successOf(status, response, contract)),
    ...Object.entries(groups).map(([group, title]) => {
      const own = codes.filter((one) => problems[one]?.turn === group);
      return own.length === 0 ? undefined : problemsOf(title, own, problems);
    }),
  );
}

function successOf(status, { description, content = {} }, contract) {
  const [type, { schema, example } = {}] = Object.entries(content)[0] ?? [];
  const shown = example ?? (/json/.test(type ?? '') ? sample(resolved(schema, contract), contract) : undefined);
  return fold(
    ['Success ', element('b', {}, status)],
    { class: 'success' },
    element('p', {}, ...prose(description)),
    shown && code(shown),
  );
}

function problemsOf(title, codes, problems) {
  const statuses = [...new Set(codes.map((one) => problems[one].status))].sort();
  return fold(
    [`${title} `, element('b', {}, statuses.join(' '))],
    { class: 'problems' },
    element(
      'dl',
      {},
      ...codes.flatMap((one) => [
        element('dt', {}, element('code', {}, one), ` ${problems[one].status}`),
        element('dd', {}, `${problems[one].title}. ${problems[one].description}`),
      ]),
    ),
    element('p', {}, 'For example:'),
    code(exampleOf(codes[0], problems[codes[0]])),
  );
}

function exampleOf(name, { status, title, description }) {
  return {
    type: `urn:model-performance:problem:${name}`,
    title,
    status,
    detail: description,
    instance: 'urn:model-performance:request:6f1c1d0e-58a5-4d3e-9a55-0a4c1f5f7f10',
    outcome: 'not-applied',
    error: { code: name, message: `${title}. ${description}` },
  };
}

/** The codes that an error response can have. */
function codesOf({ content = {} }) {
  const parts = content['application/problem+json']?.schema?.allOf ?? [];
  return parts.flatMap((part) => part.properties?.error?.properties?.code?.enum ?? []);
}
