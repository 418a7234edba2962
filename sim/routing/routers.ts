import type { ObjectStore } from '../cluster/store.ts';
import { gatewayRouters } from './gateway-router.ts';
import type { HTTPRequest } from './http-request.ts';
import { ingressRouters } from './ingress-router.ts';
import type { Router } from './router.ts';

/** Kinds that decide how a request is routed. */
export const ROUTING_KINDS = ['Gateway', 'HTTPRoute', 'Ingress', 'IngressClass', 'Service', 'Namespace'] as const;

/**
 * The routers that may take a request: those that know its host, or a lone one, which answers with an error for what it does not know.
 * @param front `namespace/name` of the Service in front of the router's Pods; undefined: any
 */
export function routersFor(store: ObjectStore, request: HTTPRequest, front?: string): Router[] {
  const all = [...gatewayRouters(store), ...ingressRouters(store)];
  const reached = all.filter(({ service }) => front === undefined || service === null || service === front);
  const known = reached.filter((router) => router.knows(request));
  if (known.length > 0) return known;
  return reached.length === 1 ? reached : [];
}
