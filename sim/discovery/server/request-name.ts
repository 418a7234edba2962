import { labelsOf } from '../names.ts';

/** What a name in a zone of the cluster asks for; lower case. */
export interface RequestName {
  /** Empty: the name is the zone, `svc` or `pod` themselves. */
  kind: '' | 'svc' | 'pod';
  namespace: string;
  /** Of a Service, or the address of a Pod with dashes. */
  name: string;
  endpoint: string;
  port: string;
  protocol: string;
}

/**
 * Takes a name apart: `_port._protocol.service.namespace.svc`, `endpoint.service.namespace.svc`, or less of it.
 * @param name absolute, in `zone`
 * @returns null where no name of the cluster is formed like that
 * @source CoreDNS plugin/kubernetes/parse.go, parseRequest; underscores may be left out
 */
export function parseRequestName(name: string, zone: string): RequestName | null {
  const labels = labelsOf(name.toLowerCase());
  const own = labels.slice(0, labels.length - labelsOf(zone).length).reverse();
  const [kind, namespace = '', service = '', ...rest] = own;
  const request: RequestName = { kind: '', namespace, name: service, endpoint: '', port: '', protocol: '' };
  if (kind === undefined || (own.length === 1 && (kind === 'svc' || kind === 'pod'))) return request;
  if (kind !== 'svc' && kind !== 'pod') return null;
  request.kind = kind;
  if (rest.length === 1) request.endpoint = rest[0]!;
  else if (rest.length === 2)
    [request.protocol, request.port] = rest.map((label) => label.replace(/^_/, '')) as [string, string];
  else if (rest.length > 2) return null;
  return request;
}
