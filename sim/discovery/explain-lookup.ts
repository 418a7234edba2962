import type { ClusterObjects } from './cluster-objects.ts';
import { absolute, isWithin, labelsOf } from './names.ts';
import type { Lookup } from './resolver/look-up.ts';

/** What the explanation looks at. */
export interface LookupContext {
  /** As the program spells it. */
  name: string;
  /** Of the client. */
  namespace: string;
  clusterDomain: string;
  /** Names outside the cluster. */
  external: readonly string[];
  objects: ClusterObjects;
}

/** Why a name led where it did, in sentences: how it was completed, what it shadows, what was probably meant. */
export function explainLookup({ found, queries, local }: Lookup, context: LookupContext): string[] {
  if (local !== null) return [`${local}: no server was asked.`];
  const last = queries.at(-1);
  if (last === undefined) return [`${context.name} is no name that a resolver asks for.`];
  if (!found) return [notFound(queries.length), ...suggestions(context)];
  return [completed(last.name, queries.length, context), ...shadowed(last.name, context)];
}

function notFound(asked: number): string {
  return asked === 1
    ? 'The name was asked for as it is, and nobody has it.'
    : `None of the ${asked} names that were tried is there.`;
}

function completed(asked: string, count: number, { name, namespace, clusterDomain }: LookupContext): string {
  const before = count - 1;
  const cost = before === 0 ? '' : ` It took ${before} ${before === 1 ? 'question' : 'questions'} in vain before.`;
  if (asked.toLowerCase() === absolute(name).toLowerCase()) {
    const isWritten = name.endsWith('.') || before === 0;
    return isWritten
      ? `${name} was asked for as it is.`
      : `${name} was found as it is, after the search list.${cost} A dot at its end (${absolute(name)}) saves them.`;
  }
  const service = serviceIn(asked, clusterDomain);
  if (service === undefined) return `${name} was completed to ${asked}${cost}`;
  const where =
    service.namespace === namespace
      ? 'in the namespace of the client'
      : `in namespace ${service.namespace}, which the name says`;
  return `${name} was completed to ${asked} This is Service ${service.name} ${where}.${cost}`;
}

/** What else has that name. */
function shadowed(asked: string, { name, namespace, clusterDomain, external, objects }: LookupContext): string[] {
  const sentences: string[] = [];
  const outside = external.find((each) => absolute(each).toLowerCase() === absolute(name).toLowerCase());
  if (outside !== undefined && isWithin(asked, absolute(clusterDomain))) {
    sentences.push(
      `Outside the cluster there is a name ${outside} too: the search list hides it from this Pod. With a dot at its end (${absolute(outside)}) it is meant.`,
    );
  }
  const service = serviceIn(asked, clusterDomain);
  if (service !== undefined && service.namespace === namespace && labelsOf(name).length === 1) {
    const others = namespacesWith(service.name, objects).filter((each) => each !== namespace);
    if (others.length > 0) {
      const meant = others.map((each) => `${service.name}.${each}`).join(' or ');
      sentences.push(
        `A Service of that name is in ${others.join(', ')} too: the one of the client’s own namespace wins; ${meant} is meant otherwise.`,
      );
    }
  }
  return sentences;
}

/** Where a Service of that name is, when it was not found. */
function suggestions({ name, namespace, objects }: LookupContext): string[] {
  const [service = '', asked] = labelsOf(name);
  const namespaces = namespacesWith(service, objects);
  const wanted = asked ?? namespace;
  if (namespaces.includes(wanted)) {
    return [`There is a Service ${service} in ${wanted}; the reason above says why it has no address.`];
  }
  if (namespaces.length === 0 && labelsOf(name).length > 2) {
    return [
      'It is no Service, and of names outside the cluster only those are known that `cluster.dns.external` gives.',
    ];
  }
  if (namespaces.length === 0) return [`No namespace has a Service ${service}.`];
  return [`Service ${service} is in ${namespaces.join(', ')}: write ${service}.${namespaces[0]}.`];
}

function namespacesWith(name: string, objects: ClusterObjects): string[] {
  return [...objects.list('Service')]
    .filter(({ metadata }) => metadata.name === name.toLowerCase())
    .map(({ metadata }) => metadata.namespace);
}

/** Of `[…].web.shop.svc.cluster.local.` */
function serviceIn(asked: string, clusterDomain: string): { name: string; namespace: string } | undefined {
  const zone = absolute(`svc.${clusterDomain}`);
  if (!isWithin(asked, zone)) return undefined;
  const [namespace, name] = labelsOf(asked).slice(0, -labelsOf(zone).length).reverse();
  return namespace === undefined || name === undefined ? undefined : { name, namespace };
}
