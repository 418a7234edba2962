import { API_VERSIONS } from '../../cluster/api/kinds.ts';
import type { KubernetesObject, Labels, OwnerReference } from '../../cluster/api/meta.ts';
import type { Pod, PodSpec, PodTemplate } from '../../cluster/api/pod.ts';
import { controlledBy } from '../../cluster/owner.ts';
import type { ControlContext } from '../context.ts';
import { withDefaultTolerations } from '../default-tolerations.ts';
import { suffix } from '../names.ts';
import { recordCreation } from './pod-events.ts';

/** Makes the Pods of workloads. Pods of one template share its containers: at 150,000 of them that is what fits in memory. */
export class PodFactory {
  readonly #context: ControlContext;
  readonly #references = new WeakMap<KubernetesObject, OwnerReference[]>();
  #made = 0;

  constructor(context: ControlContext) {
    this.#context = context;
  }

  /** Adds a Pod to the store. @param name by default the owner's with five letters behind it */
  create(
    owner: KubernetesObject,
    template: PodTemplate,
    more: { name?: string; labels?: Labels; spec?: Partial<PodSpec> } = {},
  ): Pod {
    const { store } = this.#context;
    const { namespace } = owner.metadata;
    const { labels, annotations } = template.metadata;
    const pod: Pod = {
      apiVersion: API_VERSIONS.Pod,
      kind: 'Pod',
      metadata: store.meta({
        name: more.name ?? this.#freeName(owner),
        namespace,
        labels: more.labels === undefined ? labels : { ...labels, ...more.labels },
        annotations,
        ownerReferences: this.#referencesTo(owner),
      }),
      spec: { ...template.spec, ...more.spec, tolerations: withDefaultTolerations(template.spec) },
      status: { phase: 'Pending', conditions: [] },
    };
    store.add(pod);
    recordCreation(this.#context, owner, pod);
    return pod;
  }

  /** One list for all Pods of an owner; whoever adopts one makes a new list. */
  #referencesTo(owner: KubernetesObject): OwnerReference[] {
    let references = this.#references.get(owner);
    if (references === undefined) {
      references = controlledBy(owner);
      this.#references.set(owner, references);
    }
    return references;
  }

  /** Five letters tell 14 million names: with thousands of Pods two come out alike, and another is drawn. */
  #freeName({ metadata: { name, namespace } }: KubernetesObject): string {
    for (;;) {
      const candidate = `${name}-${suffix(name, ++this.#made, 5)}`;
      if (this.#context.store.get('Pod', namespace, candidate) === undefined) return candidate;
    }
  }
}

/** Tells templates apart: the `pod-template-hash`, a revision. */
export function templateHash(template: PodTemplate): string {
  return suffix(JSON.stringify(template), 0, 10);
}
