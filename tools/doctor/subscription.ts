import { fine, missing, unsure, type Finding } from './finding.js';
import { ask } from './programs.js';

/** Resource providers that the templates need; a fresh subscription has few of them. Source: the types in infra/. */
export const providers = [
  'Microsoft.AlertsManagement',
  'Microsoft.Insights',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.Storage',
  'Microsoft.Web',
];
/** With private networking these, too. */
export const networkProviders = ['Microsoft.App', 'Microsoft.Network'];

/** What a deployment will need and can be looked at before there is one: the sign-in, its tenant, and the providers. */
export function lookAtSubscription(values: Readonly<Record<string, string>>): Finding[] {
  const { AZURE_SUBSCRIPTION_ID: subscription, PRIVATE_NETWORKING } = values;
  const at = subscription === undefined ? [] : ['--subscription', subscription];
  const tenantOf = (...more: string[]) =>
    ask('az', ['account', 'show', ...more, '--query', 'tenantId', '--output', 'tsv']);
  const [signedIn, wanted] = [tenantOf(), tenantOf(...at)];
  if (!('out' in signedIn)) return [missing(`The Azure CLI cannot be asked: ${signedIn.why}. Sign in: az login.`)];
  if (!('out' in wanted))
    return [
      missing(`The Azure CLI does not know the subscription ${subscription ?? ''}: az login --tenant <its tenant>.`),
    ];
  if (signedIn.out !== wanted.out)
    return [
      missing(
        `The Azure CLI is signed in to another tenant than that of the subscription: az login --tenant ${wanted.out}.`,
      ),
    ];
  const needed = [...providers, ...(PRIVATE_NETWORKING === 'true' ? networkProviders : [])];
  return [
    fine(`The Azure CLI is signed in to the tenant of the subscription.`),
    ...needed.map((name) => lookAtProvider(name, at)),
  ];
}

function lookAtProvider(name: string, at: readonly string[]): Finding {
  const given = ['provider', 'show', '--namespace', name, ...at, '--query', 'registrationState', '--output', 'tsv'];
  const said = ask('az', given);
  if (!('out' in said)) return unsure(`Whether the provider ${name} is registered is not known: ${said.why}`);
  return said.out === 'Registered'
    ? fine(`The provider ${name} is registered.`)
    : missing(`The provider ${name} is not registered: az provider register --namespace ${name} --wait`);
}
