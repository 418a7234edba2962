import type { Protocol } from '../cluster/api/meta.ts';
import type { Pod } from '../cluster/api/pod.ts';
import type { Service } from '../cluster/api/service.ts';
import { declaredPorts } from '../dataplane/policy/peer-match.ts';
import type { Edge } from './edge.ts';

/** The port of a Pod behind the edge's Service port; a name means another number in another Pod. @param service undefined: there is none */
export function targetPortOf(edge: Edge, service: Service | undefined, pod: Pod): number {
  const ports = service?.spec.ports ?? [];
  const target = ports[edge.portIndex % Math.max(1, ports.length)]?.targetPort ?? edge.targetPort;
  if (typeof target === 'number') return target;
  return declaredPorts(pod).find(({ name }) => name === target)?.containerPort ?? edge.targetPort;
}

/** Does a process of the Pod listen there? It does at what its containers declare, or everywhere if they declare nothing. */
export function listensAt(pod: Pod, port: number, protocol: Protocol): boolean {
  const declared = declaredPorts(pod);
  return declared.length === 0 || declared.some((own) => own.containerPort === port && own.protocol === protocol);
}
