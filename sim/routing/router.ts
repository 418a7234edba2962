import type { HTTPRequest } from './http-request.ts';

/** One Service of a rule, with its share of the rule's requests. */
export interface RoutedBackend {
  namespace: string;
  name: string;
  /** Of the Service; a name or a number. */
  port: string | number;
  /** 0 to 1. */
  share: number;
  /** Why requests of this share are answered with an error; null: they are sent on. */
  problem: string | null;
}

/** What a router makes of a request. */
export interface Verdict {
  /** What was looked at, in order. */
  steps: string[];
  /** The rule that takes it, as `Ingress shop/web: shop.example /cart (Prefix)`; null: none does. */
  rule: string | null;
  backends: RoutedBackend[];
  /** The status with which the router answers itself; null: a backend answers. */
  status: number | null;
  /** Why it does. */
  because: string;
}

/** Routes requests by host, path and more, on behalf of one Gateway or of the Ingresses of one class. */
export interface Router {
  /** `Gateway shop/web`, `IngressClass nginx`. */
  name: string;
  /** Does any of its rules know the request's host? */
  knows(request: HTTPRequest): boolean;
  route(request: HTTPRequest): Verdict;
  /** The Service, as `namespace/name`, whose Pods do the routing; null: nothing in the cluster tells. */
  service: string | null;
}

export function answered(steps: string[], status: number, because: string, rule: string | null = null): Verdict {
  return { steps, rule, backends: [], status, because };
}
