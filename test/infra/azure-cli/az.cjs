// An Azure CLI for tests: `az rest` on a small directory that is kept in the file AZ_STATE, and no more of the rest than the scripts use.
// (a subscription belongs to one of several tenants; what is not signed in refuses all). It refuses what Microsoft Graph refuses: duplicates, unknown objects, ids of roles that change, properties that are not to be written.
const { readFileSync, writeFileSync } = require('node:fs');
const { parseArgs } = require('node:util');
const { search } = require('jmespath');

const state = {
  subscriptions: {},
  people: [],
  azureRoles: [],
  deletedUris: [],
  providers: {},
  ...JSON.parse(readFileSync(process.env.AZ_STATE, 'utf8')),
};

class Refused extends Error {}
const refuse = (message) => {
  throw new Refused(message);
};

const text = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    method: text,
    resource: text,
    url: text,
    'url-parameters': { type: 'string', multiple: true, default: [] },
    headers: { type: 'string', multiple: true, default: [] },
    body: text,
    query: text,
    output: { type: 'string', short: 'o' },
    id: text,
    subscription: text,
    namespace: text,
    'resource-group': text,
    parameters: text,
    'validation-level': text,
    'exclude-change-types': { type: 'string', multiple: true },
    'only-show-errors': { type: 'boolean' },
  },
});

// As with az, one flag takes several values: what follows --headers arrives as positionals.
const [first = ''] = positionals;
const command = first === 'rest' ? first : positionals.slice(0, ['ad', 'deployment'].includes(first) ? 3 : 2).join(' ');
const headers = [...values.headers, ...(command === 'rest' ? positionals.slice(1) : [])];

const newId = () => `00000000-0000-4000-8000-${String((state.made += 1)).padStart(12, '0')}`;
const found = (list, id) => list.find((one) => one.id === id) ?? refuse(`Request_ResourceNotFound: ${id}`);

/** What Graph answers to a list, by the one filter that each list knows. */
function list(name, objects) {
  const [filter = ''] = values['url-parameters'];
  const byUri = /^\$filter=identifierUris\/any\((\w+):\1 eq '([^']+)'\)$/.exec(filter);
  const byAppId = /^\$filter=appId eq '([^']+)'$/.exec(filter);
  if (name === 'applications' && byUri)
    return { value: objects.filter(({ identifierUris }) => identifierUris.includes(byUri[2])) };
  const byName = /^\$filter=uniqueName eq '([^']+)'$/.exec(filter);
  if (name === 'applications' && byName) return { value: objects.filter(({ uniqueName }) => uniqueName === byName[1]) };
  const byPrincipalName = /^\$filter=userPrincipalName eq '([^']+)'$/.exec(filter);
  if (name === 'users' && byPrincipalName)
    return { value: objects.filter(({ userPrincipalName }) => userPrincipalName === byPrincipalName[1]) };
  if (name === 'servicePrincipals' && byAppId) return { value: objects.filter(({ appId }) => appId === byAppId[1]) };
  return refuse(`Request_UnsupportedQuery: ${filter}`);
}

function checkedApplication(given, before) {
  for (const role of given.appRoles ?? []) if ('origin' in role) refuse('Property origin of appRoles is read-only.');
  const after = { ...before, ...given, api: { ...before.api, ...given.api } };
  const idsOf = (one) => [...one.appRoles, ...one.api.oauth2PermissionScopes].map(({ id }) => id);
  for (const id of idsOf(before)) if (!idsOf(after).includes(id)) refuse('CannotDeleteOrUpdateEnabledEntitlement');
  return { ...after, appRoles: after.appRoles.map((role) => ({ ...role, origin: 'Application' })) };
}

function upsert(uniqueName, body) {
  if (!headers.includes('Prefer=create-if-missing')) refuse('Request_ResourceNotFound');
  const { identifierUris: wanted = [] } = body;
  const uris = [...state.applications.flatMap(({ identifierUris }) => identifierUris), ...state.deletedUris];
  const taken = uris.some((uri) => wanted.includes(uri));
  if (taken) refuse('Another object with the same value for property identifierUris already exists.');
  const empty = {
    id: newId(),
    appId: newId(),
    uniqueName,
    identifierUris: [],
    appRoles: [],
    api: { oauth2PermissionScopes: [] },
  };
  state.applications.push(checkedApplication(body, empty));
}

function update(id, body) {
  const before = found(state.applications, id);
  const after = checkedApplication(body, before);
  state.applications[state.applications.indexOf(before)] = after;
  // The enterprise application shows the roles of its registration.
  for (const principal of state.servicePrincipals)
    if (principal.appId === after.appId) principal.appRoles = after.appRoles;
}

function makePrincipal({ appId }) {
  const application = state.applications.find((one) => one.appId === appId);
  if (application === undefined || state.slow-- > 0) refuse('The appId does not reference a valid application object.');
  if (state.servicePrincipals.some((one) => one.appId === appId)) refuse('ServicePrincipalNameAlreadyExists');
  const { appRoles } = application;
  state.servicePrincipals.push({ id: newId(), appId, appRoles });
}

function assign(resource, { principalId, resourceId, appRoleId }) {
  const principals = state.servicePrincipals;
  if (resource !== resourceId) refuse('The resource of the address is another one.');
  if (!state.people.some(({ id }) => id === principalId)) found(principals, principalId);
  found(found(principals, resourceId).appRoles, appRoleId);
  const same = (one) => one.principalId === principalId && one.resourceId === resourceId && one.appRoleId === appRoleId;
  if (state.assignments.some(same)) refuse('Permission being assigned already exists on the object');
  state.assignments.push({ id: newId(), principalId, resourceId, appRoleId });
}

/** Azure itself, by an address without a host: the assignments of an identity on the storage account. */
function restOfAzure() {
  const path =
    /^(\/subscriptions\/[^?]+)\/providers\/Microsoft\.Authorization\/roleAssignments\?api-version=2022-04-01$/;
  const [, scope] = path.exec(values.url) ?? refuse(`Unknown address ${values.url}`);
  const [, principalId] =
    /^\$filter=principalId eq '([^']+)'$/.exec(values['url-parameters'][0]) ?? refuse('No filter.');
  const granted = state.azureRoles.filter((role) => role.scope === scope && role.principalId === principalId);
  return { value: granted.map(({ createdOn }) => ({ properties: { createdOn } })) };
}

function rest() {
  const { method, resource, url } = values;
  if (url.startsWith('/')) return restOfAzure();
  const root = 'https://graph.microsoft.com/v1.0/';
  // az knows by the address whose token Graph needs, but not in every cloud: scripts name the resource.
  if (!url.startsWith(root) || (resource ?? 'https://graph.microsoft.com/') !== 'https://graph.microsoft.com/')
    refuse(`Unknown address ${url}`);
  const path = url.slice(root.length);
  const body = values.body === undefined ? undefined : JSON.parse(values.body);
  if (body !== undefined && !headers.includes('Content-Type=application/json')) refuse('No content type.');
  const routes = {
    'GET applications': () => list('applications', state.applications),
    'GET servicePrincipals': () => list('servicePrincipals', state.servicePrincipals),
    'GET applications/([^/]+)': (id) => found(state.applications, id),
    'GET servicePrincipals/([^/]+)': (id) => found(state.servicePrincipals, id),
    'GET users': () => list('users', state.people),
    'GET me': () =>
      state.people.find(({ me }) => me) ?? refuse('/me request is only valid with delegated authentication flow.'),
    'GET directoryObjects/([^/]+)': (id) => ({ '@odata.type': `#microsoft.graph.${found(state.people, id).kind}` }),
    'GET (?:users|groups|servicePrincipals)/([^/]+)/appRoleAssignments': (id) => ({
      value: state.assignments.filter(({ principalId }) => principalId === id),
    }),
    "PATCH applications\\(uniqueName='([^']+)'\\)": (name) => upsert(name, body),
    'PATCH applications/([^/]+)': (id) => update(id, body),
    'POST servicePrincipals': () => makePrincipal(body),
    'POST servicePrincipals/([^/]+)/appRoleAssignedTo': (id) => assign(id, body),
  };
  for (const [route, act] of Object.entries(routes)) {
    const match = new RegExp(`^${route}$`).exec(`${method} ${path}`);
    if (match) return act(match[1]);
  }
  return refuse(`No such operation: ${method} ${path}`);
}

const commands = {
  rest,
  'ad sp show': () =>
    state.servicePrincipals.find(({ appId }) => appId === values.id) ?? refuse(`Resource ${values.id} does not exist.`),
  'account show': () => {
    if (state.signedIn === false) refuse("Please run 'az login' to setup account.");
    if (values.subscription === undefined) return { tenantId: state.tenantId };
    const tenantId = state.subscriptions[values.subscription];
    return tenantId === undefined ? refuse(`Subscription '${values.subscription}' not found.`) : { tenantId };
  },
  'provider show': () => ({ registrationState: state.providers[values.namespace] ?? 'Registered' }),
  // Who may only read is asked for the right to write, unless the level says otherwise.
  'deployment group what-if': () =>
    values['validation-level'] === 'ProviderNoRbac'
      ? 'Resource changes: 1 to create.'
      : refuse("AuthorizationFailed: no authorization to perform action 'Microsoft.Web/sites/write'."),
  'cloud show': () => ({ endpoints: { microsoftGraphResourceId: 'https://graph.microsoft.com/' } }),
};

/** `--output tsv`: nothing for null, an element a line. */
function asTsv(value) {
  if (value === null || value === undefined) return '';
  return (Array.isArray(value) ? value : [value]).map((one) => `${one}\n`).join('');
}

try {
  if (command === 'rest' && state.signedIn === false) refuse("Please run 'az login' to setup account.");
  const answer = (commands[command] ?? (() => refuse(`No such command: ${command}`)))();
  if (command === 'rest') state.calls.push(`${values.method} ${values.url}`);
  const wanted = values.query === undefined ? answer : search(answer, values.query);
  if (command.endsWith('what-if')) process.stdout.write(`${answer}\n`);
  else if (values.output === 'tsv') process.stdout.write(asTsv(wanted));
  else if (values.output === 'json' && wanted !== null) process.stdout.write(`${JSON.stringify(wanted, null, 2)}\n`);
} catch (error) {
  process.stderr.write(`ERROR: ${error instanceof Refused ? error.message : error.stack}\n`);
  process.exitCode = 1;
} finally {
  writeFileSync(process.env.AZ_STATE, JSON.stringify(state));
}
