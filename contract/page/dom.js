/**
 * An element with attributes, listeners (`onclick` and kin) and children; an attribute that is undefined or false is left out.
 * Texts become text nodes, so that nothing of a contract or an answer can become markup.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== ''));
  return made;
}

/** A text whose parts in backticks are code. */
export const prose = (text) =>
  text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));

/** Something that folds: its line, and what it holds. */
export const fold = (line, attributes, ...children) =>
  element('details', attributes, element('summary', {}, ...[line].flat()), ...children);

/** A labelled field. `label` also names it for whoever cannot see it. */
export function field(label, control, hint = '') {
  return element(
    'label',
    { class: 'field' },
    element('span', { class: 'name' }, ...[label].flat()),
    control,
    hint && element('small', {}, ...prose(hint)),
  );
}
