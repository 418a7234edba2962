import type { HorizontalPodAutoscaler } from '../../cluster/api/autoscaling.ts';
import type { Service } from '../../cluster/api/service.ts';
import { canonicalIP } from '../../cluster/ip.ts';
import { type Faults, knownNames } from '../faults.ts';
import { type Path, placeOf } from '../tree.ts';
import { printLabels } from './metadata.ts';
import type { Manifest } from './read.ts';
import { Templates } from './templates.ts';

/** Of a large namespace the first so many Pods are compared for the nearest labels. */
const MOST_COMPARED = 500;

/** What is wrong between objects: a name twice is an error; what points at nothing is a warning, since Kubernetes takes it. */
export function checkManifests(manifests: readonly Manifest[], faults: Faults): void {
  const first = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const { kind, namespace, name, tree } = manifest;
    const key = `${kind} ${namespace}/${name}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, manifest);
    else if (name !== '' && other.tree !== tree) {
      const place = placeOf(tree, ['metadata', 'name']);
      const there = placeOf(other.tree, ['metadata', 'name']);
      faults.error(place, ['metadata', 'name'], `${kind} "${name}" is here twice`, {
        fix: `it is also at ${there.file}:${there.line}`,
      });
    }
  }
  const templates = new Templates(manifests);
  const given = new Map<string, string>();
  for (const manifest of manifests) {
    if (manifest.object?.kind === 'Service') {
      checkService(manifest, templates, faults);
      checkAllocations(manifest, given, faults);
    }
    if (manifest.object?.kind === 'HorizontalPodAutoscaler') checkAutoscaler(manifest, first, faults);
  }
}

/** The same of objects that are applied later, over those that are there: the same name is meant to replace. */
export function checkApplied(applied: readonly Manifest[], there: readonly Manifest[], faults: Faults): void {
  const replaced = new Set(applied.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`));
  const others = there.filter(({ kind, namespace, name }) => !replaced.has(`${kind} ${namespace}/${name}`));
  const templates = new Templates([...others, ...applied]);
  for (const manifest of applied) {
    if (manifest.object?.kind === 'Service') checkService(manifest, templates, faults);
  }
}

function checkService({ object, tree }: Manifest, templates: Templates, faults: Faults): void {
  const { metadata, spec } = object as Service;
  const { selector = {}, ports = [] } = spec;
  if (Object.keys(selector).length === 0) return;
  const selected = templates.selected(metadata.namespace, selector);
  if (selected.length === 0) {
    const path = ['spec', 'selector'];
    const labels = templates
      .of(metadata.namespace)
      .slice(0, MOST_COMPARED)
      .map((each) => printLabels(each.labels));
    const text = `no Pod of the manifests has the labels ${printLabels(selector)}: the Service has no endpoints`;
    faults.warning(
      placeOf(tree, path),
      path,
      text,
      knownNames(printLabels(selector), new Set(labels), 'labels of Pods'),
    );
    return;
  }
  ports.forEach(({ targetPort, protocol }, i) => {
    if (typeof targetPort === 'number') return;
    const ports = selected.flatMap((template) =>
      template.spec.containers.flatMap((container) => container.ports ?? []),
    );
    const names = new Set(
      ports.filter((port) => port.protocol === protocol).flatMap(({ name }) => (name === undefined ? [] : [name])),
    );
    if (names.has(targetPort)) return;
    const path = ['spec', 'ports', i, 'targetPort'];
    const text = `no container port is named "${targetPort}": the Service has no endpoints for this port`;
    faults.warning(
      placeOf(tree, path),
      path,
      text,
      knownNames(targetPort, names, '1 to 65535, or a port name of the selected Pods'),
    );
  });
}

/** Addresses and node ports belong to one Service. @source pkg/registry/core/service/storage/alloc.go, ipallocator, portallocator */
function checkAllocations({ object, tree, name }: Manifest, given: Map<string, string>, faults: Faults): void {
  const { metadata, spec } = object as Service;
  const service = `${metadata.namespace}/${name}`;
  const claim = (path: Path, value: string | number, what: string) => {
    const owner = given.get(`${what} ${value}`);
    if (owner === undefined) given.set(`${what} ${value}`, service);
    else if (owner !== service) {
      const text = `Invalid value: ${JSON.stringify(value)}: provided ${what} is already allocated`;
      faults.error(placeOf(tree, path), path, text, { fix: `Service ${owner} has it` });
    }
  };
  const ips = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  ips.forEach((ip, i) => {
    if (ip !== 'None')
      claim(spec.clusterIPs ? ['spec', 'clusterIPs', i] : ['spec', 'clusterIP'], canonicalIP(ip), 'IP');
  });
  spec.ports?.forEach(({ nodePort }, i) => {
    if (nodePort) claim(['spec', 'ports', i, 'nodePort'], nodePort, 'port');
  });
}

function checkAutoscaler({ object, tree }: Manifest, all: ReadonlyMap<string, Manifest>, faults: Faults): void {
  const { metadata, spec } = object as HorizontalPodAutoscaler;
  const { kind, name: target } = spec.scaleTargetRef;
  if (all.has(`${kind} ${metadata.namespace}/${target}`)) return;
  const path = ['spec', 'scaleTargetRef', 'name'];
  const names = [...all.values()]
    .filter((other) => other.kind === kind && other.namespace === metadata.namespace)
    .map(({ name }) => name);
  const text = `there is no ${kind} "${target}" in namespace "${metadata.namespace}": nothing is scaled`;
  faults.warning(placeOf(tree, path), path, text, knownNames(target, names, `a ${kind} of the manifests`));
}
