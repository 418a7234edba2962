import type { Labels } from '../../cluster/api/meta.ts';
import type { Pod, PodSpec } from '../../cluster/api/pod.ts';
import type { Deployment } from '../../cluster/api/workloads.ts';
import { matches } from '../../cluster/selector.ts';
import type { Manifest } from './read.ts';

/** A Pod that the manifests bring, or will make. */
export interface Template {
  labels: Labels;
  spec: PodSpec;
}

/** Kinds whose Pods come from a template. */
const TEMPLATED: ReadonlySet<string> = new Set(['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet']);

/** The Pods of all manifests, found by their labels: Services and Pods may be thousands. */
export class Templates {
  readonly #byNamespace = new Map<string, Template[]>();
  /** By `namespace/key=value`. */
  readonly #byTerm = new Map<string, Template[]>();

  constructor(manifests: readonly Manifest[]) {
    for (const { object } of manifests) {
      if (object === null) continue;
      const { namespace, labels } = object.metadata;
      if (object.kind === 'Pod') this.#add(namespace, { labels, spec: (object as Pod).spec });
      else if (TEMPLATED.has(object.kind)) {
        const { metadata, spec } = (object as Deployment).spec.template;
        this.#add(namespace, { labels: metadata.labels, spec });
      }
    }
  }

  of(namespace: string): readonly Template[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** @param selector not empty */
  selected(namespace: string, selector: Labels): Template[] {
    const [key, value] = Object.entries(selector)[0]!;
    const candidates = this.#byTerm.get(`${namespace}/${key}=${value}`) ?? [];
    return candidates.filter(({ labels }) => matches(selector, labels));
  }

  #add(namespace: string, template: Template): void {
    append(this.#byNamespace, namespace, template);
    for (const key in template.labels) append(this.#byTerm, `${namespace}/${key}=${template.labels[key]}`, template);
  }
}

function append(map: Map<string, Template[]>, key: string, template: Template): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [template]);
  else list.push(template);
}
