/** A schema with what it refers to put in its place. */
export function resolved(schema, contract) {
  if (schema?.$ref === undefined) return schema ?? {};
  return resolved(
    schema.$ref
      .slice(2)
      .split('/')
      .reduce((part, name) => part?.[name], contract),
    contract,
  );
}

const typesOf = ({ type }) => [type].flat().filter((one) => one !== 'null');

/** One value as the schema allows it: its own example, or something plain. */
export function sample(schema, contract) {
  const {
    example,
    examples,
    const: only,
    enum: members,
    properties,
    items,
    allOf,
    oneOf,
    anyOf,
    format,
    ...rest
  } = resolved(schema, contract);
  for (const given of [example, examples?.[0], only, members?.[0]]) if (given !== undefined) return given;
  if (allOf !== undefined) return Object.assign({}, ...allOf.map((part) => sample(part, contract)));
  const [choice] = oneOf ?? anyOf ?? [];
  if (choice !== undefined) return sample(choice, contract);
  const [type] = typesOf(rest);
  if (properties !== undefined)
    return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, sample(one, contract)]));
  if (type === 'array') return [sample(items, contract)];
  if (type === 'integer') return 412;
  if (type === 'number') return 87.5;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  if (format === 'date-time') return '2030-01-31T12:00:00Z';
  return /"([^"]+)"/.exec(rest.description ?? '')?.[1] ?? '…';
}

/** What a value may be, in words. */
export function described(schema, contract) {
  const { type, enum: members, minimum, maximum, maxLength, const: only, items } = resolved(schema, contract);
  if (members !== undefined) return `one of ${members.join(', ')}`;
  if (only !== undefined) return `“${only}”`;
  const bounds = Math.abs(minimum ?? 0) < 1e9 && Math.abs(maximum ?? 0) < 1e9 && (minimum ?? maximum) !== undefined;
  return [
    [type ?? 'value'].flat().join(' or '),
    items && `of ${described(items, contract)}`,
    bounds && `${minimum ?? '…'} to ${maximum ?? '…'}`,
    maxLength && `at most ${maxLength} characters`,
  ]
    .filter(Boolean)
    .join(', ');
}
