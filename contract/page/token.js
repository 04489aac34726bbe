import { element, field } from './dom.js';

// The token stays in this field: it is written nowhere and sent nowhere but with the calls of this page.
const input = element('input', { type: 'password', autocomplete: 'off', spellcheck: 'false', id: 'token' });
const known = element('p', { id: 'known', role: 'status' });

export const token = () => input.value.trim().replace(/^bearer +/i, '');

/** Whom it speaks for, what it allows and how long: read here, and believed only for this line. */
function told() {
  if (token() === '') return 'Calls are sent without a token.';
  try {
    const part = token().split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const { azp, appid, roles = [], exp } = JSON.parse(atob(part));
    const endsMs = exp * 1000;
    const when = endsMs > Date.now() ? `until ${new Date(endsMs).toLocaleTimeString()}` : 'but it has ended';
    return `Of ${azp ?? appid}, with ${roles.join(' and ') || 'no role'}, ${when}.`;
  } catch {
    return 'This is no access token.';
  }
}

/**
 * The field for a token. One that came in the address (`#token=…`, which no browser sends anywhere) is filled in and taken out of
 * the address at once.
 * @param changed told after each change
 */
export function tokenField(changed) {
  const given = /^#token=([\w.-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    input.value = given;
    history.replaceState(null, '', location.pathname);
  }
  const renew = () => {
    known.textContent = told();
    changed();
  };
  input.addEventListener('input', renew);
  known.textContent = told();
  const show = element(
    'button',
    {
      type: 'button',
      'aria-pressed': 'false',
      onclick: () => {
        const shown = input.type === 'text';
        input.type = shown ? 'password' : 'text';
        show.setAttribute('aria-pressed', String(!shown));
      },
    },
    'Show',
  );
  return element(
    'section',
    { class: 'token', 'aria-labelledby': 'who' },
    element('h2', { id: 'who' }, 'Who calls'),
    element('div', { class: 'row' }, field('Access token', input), show),
    known,
    element(
      'details',
      {},
      element('summary', {}, 'How to get one'),
      element(
        'p',
        {},
        'It must be for this API and carry one of its roles: ModelPerformance.Read or ModelPerformance.Write. As a person who was given a role, with the Azure CLI:',
      ),
      element(
        'pre',
        { tabindex: '0' },
        'az account get-access-token --scope <application id URI>/access_as_user --query accessToken --output tsv',
      ),
      element('p', {}, 'As an application, with its own credential:'),
      element(
        'pre',
        { tabindex: '0' },
        "curl https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token -d grant_type=client_credentials -d client_id=<application> --data-urlencode client_secret@secret.txt --data-urlencode 'scope=<application id URI>/.default'",
      ),
      element(
        'p',
        {},
        'On a developer’s machine, the console, whose address npm start prints first, leads here with a token filled in.',
      ),
    ),
  );
}
