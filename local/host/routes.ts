import type { RegisteredFunction } from './core.js';

/** The methods that a function can have. TRACE and CONNECT fail inside the library. */
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

interface Segment {
  readonly kind: 'literal' | 'required' | 'optional' | 'rest';
  /** The literal's text, or the parameter's name. */
  readonly text: string;
}

/** An HTTP function and where it is reached. */
export interface Route {
  readonly function: RegisteredFunction;
  readonly methods: readonly string[];
  /** With the prefix, without a slash in front. */
  readonly template: string;
  readonly segments: readonly Segment[];
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The routes of an app in the real host's order: by function name, alphabetically and without regard to case.
 * A more specific route does not win by itself. Refuses what the real host refuses: the reserved prefixes `admin` and `runtime`, one
 * method of one route twice; and what this host does not emulate: constraints, defaults, several parts in one segment.
 */
export function buildRoutes(functions: readonly RegisteredFunction[], prefix: string): readonly Route[] {
  const routes = [...functions].sort(byName).map((one) => buildRoute(one, prefix));
  for (const [index, route] of routes.entries()) {
    const rival = routes.slice(0, index).find((other) => conflict(route, other));
    if (rival) {
      throw new Error(`Functions "${rival.function.name}" and "${route.function.name}" share a route and a method.`);
    }
  }
  return routes;
}

/** The first route whose template matches the path and which has the method, or nothing: then the host's bare 404. */
export function findRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  for (const route of routes) {
    if (!route.methods.includes(method)) continue;
    const params = matchTemplate(route.segments, path);
    if (params) return { route, params };
  }
  return undefined;
}

/**
 * The parameters of a path that a template matches, or nothing. Literals match without regard to case; one slash at the end is ignored;
 * an empty segment matches nothing, except inside what `{*rest}` takes.
 */
export function matchTemplate(segments: readonly Segment[], path: string): Record<string, string> | undefined {
  const params: [string, string][] = [];
  let left = path.slice(1);
  for (const { kind, text } of segments) {
    if (left === '') {
      if (kind === 'literal' || kind === 'required') return undefined;
      continue;
    }
    const end = left.indexOf('/');
    const part = end === -1 ? left : left.slice(0, end);
    if (part === '') return undefined;
    if (kind === 'literal' && part.toLowerCase() !== text.toLowerCase()) return undefined;
    if (kind !== 'literal') params.push([text, kind === 'rest' ? left : part]);
    left = kind === 'rest' || end === -1 ? '' : left.slice(end + 1);
  }
  return left === '' ? Object.fromEntries(params) : undefined;
}

/** Reads a template, or says in the error what of it is not emulated. The root is `/`, without a prefix alone. */
export function readTemplate(template: string): readonly Segment[] {
  if (template === '/') return [];
  const segments = template.replace(/\/$/, '').split('/').map(readSegment);
  const names = segments.filter(({ kind }) => kind !== 'literal').map(({ text }) => text.toLowerCase());
  if (new Set(names).size < names.length) throw new Error('it has one parameter twice');
  if (segments.slice(0, -1).some(({ kind }) => kind === 'rest')) throw new Error('{*rest} must stand at its end');
  return segments;
}

function readSegment(segment: string): Segment {
  if (segment === '') throw new Error('it has an empty segment');
  const { star, name, optional } = /^\{(?<star>\*?)(?<name>\w+)(?<optional>\??)\}$/.exec(segment)?.groups ?? {};
  if (name !== undefined) return { kind: star ? 'rest' : optional ? 'optional' : 'required', text: name };
  if (/[{}]/.test(segment)) {
    throw new Error(`"${segment}" is more than {name}, {name?} or {*name}, which this host does not emulate`);
  }
  return { kind: 'literal', text: segment };
}

function buildRoute(registered: RegisteredFunction, prefix: string): Route {
  const { route: given = '' } = registered.trigger;
  const route = given === '' ? registered.name : given;
  const refuse = (why: string) => new Error(`Function "${registered.name}" has the route "${route}": ${why}.`);
  if (/^\/*(admin|runtime)/i.test(route))
    throw refuse('the host keeps what begins with "admin" or "runtime" for itself');
  const asked = (registered.trigger.methods ?? methods).map((method) => method.toUpperCase());
  const unknown = asked.find((method) => !methods.includes(method));
  if (unknown !== undefined) throw refuse(`the method ${unknown} does not work`);
  const template = prefix === '' ? route : `${prefix}/${route}`;
  try {
    return { function: registered, methods: asked, template, segments: readTemplate(template) };
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

function conflict(one: Route, other: Route): boolean {
  const same = one.template.toLowerCase() === other.template.toLowerCase();
  return same && one.methods.some((method) => other.methods.includes(method));
}

function byName(one: RegisteredFunction, other: RegisteredFunction): number {
  const [left, right] = [one.name.toUpperCase(), other.name.toUpperCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
