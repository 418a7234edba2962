import { type EndpointSlice, SERVICE_NAME_LABEL } from '../../cluster/api/endpoint-slice.ts';
import { matches } from '../../cluster/selector.ts';
import { section } from '../../input/scenario-fields.ts';
import { CannotCheck, defineCheck, judge } from '../check.ts';
import { address, allOf, completeSet, integer, item, plainSet, someOf, text, truth } from '../match/pattern.ts';
import type { TestWorld } from '../world.ts';
import { namespacedName } from './object-of.ts';

const named = completeSet(item({ name: text }));

const endpoint = item({
  addresses: plainSet(address),
  conditions: someOf(truth),
  hostname: text,
  nodeName: text,
  zone: text,
  hints: item({ forZones: named, forNodes: named }),
  targetRef: item({ apiVersion: text, kind: text, namespace: text, name: text, uid: text }),
  deprecatedTopology: someOf(text),
});

const slice = item({
  addressType: text,
  labels: someOf(text),
  ports: completeSet(item({ name: text, port: integer, protocol: text, appProtocol: text })),
  endpoints: completeSet(endpoint),
});

const expectation = item({
  addresses: plainSet(address),
  slices: completeSet(slice),
  sliceLengths: completeSet(integer),
  hintsByZone: allOf(integer),
  crossZoneHints: integer,
});

/** The EndpointSlices of a Service. */
export const endpointSlicesCheck = defineCheck({
  name: 'endpointSlices',
  fields: section({ service: namespacedName }),
  expect: expectation.schema,
  title: ({ service }) => `endpointSlices ${service}`,
  run: (world, { service }, expect) => {
    const [namespace = '', name = ''] = service.split('/');
    const own = [...world.store.list('EndpointSlice')].filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.labels[SERVICE_NAME_LABEL] === name,
    );
    return judge(expectation, expect, told(own), [reason(world, namespace, name, own.length > 0)]);
  },
});

function told(slices: readonly EndpointSlice[]): Record<string, unknown> {
  const endpoints = slices.flatMap((each) => each.endpoints);
  const hinted = endpoints.flatMap(({ zone, hints }) =>
    (hints?.forZones ?? []).map((hint) => ({ zone, to: hint.name })),
  );
  const hintsByZone: Record<string, number> = {};
  for (const { to } of hinted) hintsByZone[to] = (hintsByZone[to] ?? 0) + 1;
  return {
    addresses: endpoints.filter(({ conditions }) => conditions.ready !== false).flatMap(({ addresses }) => addresses),
    slices: slices.map(({ addressType, metadata, ports, endpoints }) => {
      return { addressType, labels: metadata.labels, ports, endpoints };
    }),
    sliceLengths: slices.map((each) => each.endpoints.length),
    hintsByZone,
    crossZoneHints: hinted.filter(({ zone, to }) => zone !== to).length,
  };
}

/** Whom the Service selects. @throws CannotCheck where nothing has ever been of that name */
function reason(world: TestWorld, namespace: string, name: string, hasSlices: boolean): string {
  const { store } = world;
  const service = store.get('Service', namespace, name);
  if (service === undefined) {
    if (hasSlices) return `there is no Service ${namespace}/${name}, only EndpointSlices that bear its name`;
    if (world.wasDeleted({ kind: 'Service', namespace, name }))
      return 'the Service was deleted, and its slices with it';
    throw new CannotCheck(`there is no Service ${namespace}/${name}`);
  }
  const { selector } = service.spec;
  if (selector === undefined || Object.keys(selector).length === 0)
    return 'the Service has no selector: its slices are made by hand';
  const pods = [...store.list('Pod')].filter(({ metadata }) => metadata.namespace === namespace);
  const selected = pods.filter(({ metadata }) => matches(selector, metadata.labels));
  const ready = selected.filter(({ status }) =>
    status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return `the selector ${labels.join(',')} matches ${selected.length} of ${pods.length} Pods in ${namespace}, ${ready.length} of them ready`;
}
