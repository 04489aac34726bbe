/** Makes an element. Texts are always texts: nothing that comes from elsewhere is read as HTML. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/**
 * Shows a list: what has not changed stays as it is, with its focus and with what is unfolded in it.
 * @param items each with a `key`
 */
export function showList(list, items, draw) {
  const held = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const text = JSON.stringify(item);
    const old = held.get(String(item.key));
    if (old?.drawnFrom === text) return old;
    const drawn = draw(item);
    drawn.dataset.key = item.key;
    drawn.drawnFrom = text;
    return drawn;
  });
  const same = list.children.length === wanted.length && wanted.every((child, index) => list.children[index] === child);
  if (!same) list.replaceChildren(...wanted);
}

export const milliseconds = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

/** A JSON text in lines, any other text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** How a status reads at a glance; the number beside it says the same. */
export const tone = (status) => (status >= 500 || status === 0 ? 'bad' : status >= 400 ? 'warn' : 'good');
