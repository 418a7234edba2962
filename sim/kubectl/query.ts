import type { KubernetesObject, Labels } from '../cluster/api/meta.ts';
import { parseSelector } from '../cluster/selector-text.ts';
import { nearest } from '../input/nearest.ts';
import { ALL, qualifiedPlural, RESOURCES, type Resource, resourceNamed } from './kinds.ts';
import { QueryError } from './query-error.ts';
import type { Snapshot } from './snapshot.ts';

/** What is asked for: `pods`, `pods,svc`, `pod web-0 web-1`, `deploy/web svc/web`, `all`. */
export interface Query {
  /** The kind and names, or kinds with names. */
  words: readonly string[];
  namespace: string;
  allNamespaces: boolean;
  /** As `-l` takes it; '' for everything. */
  selector: string;
}

/** Of one resource, what was found. */
export interface Found {
  resource: Resource;
  objects: KubernetesObject[];
}

export interface Answer {
  found: Found[];
  /** Names were given, so these and no list of objects were asked for. */
  byName: boolean;
  /** Names that nothing has, in the API server's words. */
  missing: string[];
}

/** @throws QueryError where the question makes no sense */
export function ask(query: Query, snapshot: Snapshot): Answer {
  const [first = '', ...names] = query.words;
  const isNamed = first.includes('/');
  const labelsMatch = selectorOf(query.selector);
  if (query.selector !== '' && (isNamed || names.length > 0)) {
    throw new QueryError('error: name cannot be provided when a selector is specified', true);
  }
  if (!isNamed && names.length === 0) {
    const found = resourcesOf(first).map((resource) => ({
      resource,
      objects: listOf(resource, query, snapshot, labelsMatch),
    }));
    return { found, byName: false, missing: [] };
  }
  if (query.allNamespaces) {
    throw new QueryError('error: a resource cannot be retrieved by name across all namespaces', true);
  }
  const asked = isNamed
    ? query.words.map(splitName)
    : resourcesOf(first).flatMap((resource) => names.map((name) => ({ resource, name })));
  const answer: Answer = { found: [], byName: true, missing: [] };
  for (const { resource, name } of asked) {
    const object = snapshot.get(resource.kind, resource.namespaced ? query.namespace : '', name);
    if (object === undefined) answer.missing.push(notFound(resource, name));
    else {
      const group = answer.found.find((each) => each.resource === resource);
      if (group === undefined) answer.found.push({ resource, objects: [object] });
      else group.objects.push(object);
    }
  }
  return answer;
}

/** @throws QueryError */
export function resourceOf(word: string): Resource {
  const resource = resourceNamed(word);
  if (resource !== undefined) return resource;
  const near = nearest(
    word.toLowerCase(),
    RESOURCES.flatMap(({ plural, shortNames }) => [plural, ...shortNames]),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new QueryError(`error: the server doesn't have a resource type "${word}"${hint}`, true);
}

export function notFound(resource: Resource, name: string): string {
  return `Error from server (NotFound): ${qualifiedPlural(resource)} "${name}" not found`;
}

function selectorOf(selector: string): (labels: Labels) => boolean {
  try {
    return parseSelector(selector);
  } catch (error) {
    throw new QueryError(`error: ${(error as Error).message}`, true);
  }
}

/** Of `pods,svc` or `all`. */
function resourcesOf(words: string): Resource[] {
  return words.split(',').flatMap((word) => (word.toLowerCase() === 'all' ? ALL : [resourceOf(word)]));
}

function splitName(word: string): { resource: Resource; name: string } {
  const [kind = '', name = '', more] = word.split('/');
  if (kind === '' || name === '' || more !== undefined) {
    throw new QueryError(
      `error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. "get pod/web-0" instead of "get pod pod/web-0")`,
      true,
    );
  }
  return { resource: resourceOf(kind), name };
}

function listOf(
  { kind, namespaced }: Resource,
  { namespace, allNamespaces }: Query,
  snapshot: Snapshot,
  labelsMatch: (labels: Labels) => boolean,
): KubernetesObject[] {
  return snapshot
    .list(kind)
    .filter(({ metadata }) => !namespaced || allNamespaces || metadata.namespace === namespace)
    .filter(({ metadata }) => labelsMatch(metadata.labels));
}
