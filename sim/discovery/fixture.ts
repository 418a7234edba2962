import { ObjectStore } from '../cluster/store.ts';
import { Faults } from '../input/faults.ts';
import { readManifests } from '../input/manifests/read.ts';
import { readYaml } from '../input/yaml.ts';

/** The cluster of some manifests, for tests; objects are taken as they are, and their namespaces exist. */
export function clusterOf(yaml: string): ObjectStore {
  const faults = new Faults();
  const store = new ObjectStore(new Float64Array(1));
  const addNamespace = (name: string) => {
    if (name === '' || store.get('Namespace', '', name) !== undefined) return;
    store.add({ apiVersion: 'v1', kind: 'Namespace', metadata: store.meta({ name }) });
  };
  for (const tree of readYaml('cluster.yaml', yaml, faults)) {
    for (const { object } of readManifests(tree, 'default', faults, { validate: false })) {
      if (object === null || object.kind === 'Namespace') continue;
      addNamespace(object.metadata.namespace);
      object.metadata = store.meta(object.metadata);
      store.add(object as never);
    }
  }
  faults.throwIfAny();
  return store;
}

/** A Service, on one line. @param spec in YAML's flow style */
export function service(name: string, spec: string): string {
  const [namespace, own] = name.split('/');
  return `---\n{apiVersion: v1, kind: Service, metadata: {name: ${own}, namespace: ${namespace}}, spec: ${spec}}\n`;
}

/** A slice of that Service. @param body endpoints and what differs, in YAML's flow style without braces */
export function slice(name: string, body: string): string {
  const [namespace, own] = name.split('/');
  const meta = `{name: ${own}-${Math.abs(hash(body))}, namespace: ${namespace}, labels: {kubernetes.io/service-name: ${own}}}`;
  return `---\n{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: ${meta}, ${body}}\n`;
}

function hash(text: string): number {
  let value = 0;
  for (const char of text) value = (value * 31 + char.charCodeAt(0)) | 0;
  return value;
}
