import { element, prose } from './dom.js';
import { operationView } from './operation.js';
import { token, tokenField } from './token.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation in the contract's order, by tag. */
function operationsOf({ paths, tags }) {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    methods.filter((method) => item[method]).map((method) => ({ method, path, operation: item[method] })),
  );
  return tags.map((tag) => ({ ...tag, operations: all.filter(({ operation }) => operation.tags.includes(tag.name)) }));
}

/** Ids of real models to choose from, once a token lets them be read. */
async function offerIds(contract, list) {
  const [path] =
    Object.entries(contract.paths).find(([, { get }]) => get?.operationId === 'ListModelPerformance') ?? [];
  if (path === undefined || token() === '') return;
  const headers = { authorization: `Bearer ${token()}` };
  const answer = await fetch(`${contract.servers[0].url}${path}`, { headers }).catch(() => undefined);
  if (!answer?.ok) return;
  const { value } = await answer.json();
  list.replaceChildren(
    ...value.map(({ id, model, manufacturer }) =>
      element('option', { value: id }, [model, manufacturer].filter(Boolean).join(', ')),
    ),
  );
}

/** Opens what the address names, so that a link to one call works. */
function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named?.tagName !== 'DETAILS') return;
  named.open = true;
  named.scrollIntoView();
}

async function start() {
  const [contract, problems] = await Promise.all(
    ['/api/openapi.json', '/api/docs/problems.json'].map(async (url) => (await fetch(url)).json()),
  );
  const ids = element('datalist', { id: 'ids' });
  const views = [];
  let asking;
  const who = tokenField(() => {
    for (const { renew } of views) renew();
    clearTimeout(asking);
    asking = setTimeout(() => void offerIds(contract, ids), 300);
  });
  const sections = operationsOf(contract)
    .filter(({ operations }) => operations.length > 0)
    .map(({ name, description, operations }) => {
      const own = operations.map((one) => operationView({ ...one, contract, problems }));
      views.push(...own);
      return element(
        'section',
        { 'aria-label': name },
        element('h2', {}, name),
        element('p', {}, ...prose(description ?? '')),
        ...own.map(({ view }) => view),
      );
    });
  document
    .getElementById('summary')
    .replaceChildren(
      `${contract.info.summary} Version ${contract.info.version}, `,
      element('a', { href: '/api/openapi.json' }, 'openapi.json'),
      '.',
    );
  document
    .getElementById('page')
    .replaceChildren(element('p', {}, ...prose(contract.info.description)), who, ...sections, ids);
  addEventListener('hashchange', openNamed);
  openNamed();
  void offerIds(contract, ids);
}

start().catch(() => {
  document.getElementById('summary').textContent = 'The contract could not be read. Load the page again.';
});
