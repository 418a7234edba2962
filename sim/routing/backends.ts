import type { KubernetesObject } from '../cluster/api/meta.ts';
import type { HTTPRoute, Ingress, IngressBackend } from '../cluster/api/networking.ts';

/** A Service that some rule names, with its port: a number, or a name that the Service knows. */
export interface NamedBackend {
  namespace: string;
  name: string;
  port: string | number;
}

/** Every backend that the rules of these Ingresses and HTTPRoutes name, each once. */
export function backendsNamedBy(objects: Iterable<KubernetesObject>): NamedBackend[] {
  const found = new Map<string, NamedBackend>();
  const add = (backend: NamedBackend) => found.set(`${backend.namespace}/${backend.name}:${backend.port}`, backend);
  for (const object of objects) {
    const { namespace } = object.metadata;
    if (object.kind === 'Ingress') {
      const { defaultBackend, rules = [] } = (object as Ingress).spec;
      const backends: (IngressBackend | undefined)[] = rules.flatMap(({ http }) =>
        (http?.paths ?? []).map(({ backend }) => backend),
      );
      for (const backend of [defaultBackend, ...backends]) {
        if (backend?.service === undefined) continue;
        const { name, port } = backend.service;
        add({ namespace, name, port: port.name ?? port.number! });
      }
    }
    if (object.kind === 'HTTPRoute') {
      for (const { backendRefs = [] } of (object as HTTPRoute).spec.rules) {
        for (const ref of backendRefs)
          add({ namespace: ref.namespace ?? namespace, name: ref.name, port: ref.port ?? 0 });
      }
    }
  }
  return [...found.values()];
}
