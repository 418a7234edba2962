import type { Handler, Probe } from '../../cluster/api/pod.ts';
import type { Path } from '../tree.ts';
import type { Raw } from './metadata.ts';
import type { Validation } from './validation.ts';

const HANDLERS = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/** The one thing that a probe does; undefined where there is none. */
export function handlerOf(probe: Raw<Handler>): (typeof HANDLERS)[number] | undefined {
  return HANDLERS.find((kind) => probe[kind] !== undefined);
}

/**
 * A probe with Kubernetes' defaults: every 10 s, 1 s to answer, ready after 1 success, not ready after 3 failures.
 * @source https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export function readProbe(
  raw: Raw<Probe>,
  role: 'liveness' | 'readiness' | 'startup',
  path: Path,
  v: Validation,
): Probe {
  const kinds = HANDLERS.filter((kind) => raw[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined) v.required(path, 'must specify a handler type');
  for (const other of kinds.slice(1)) v.forbidden([...path, other], 'may not specify more than 1 handler type');
  if (kind !== undefined && kind !== 'exec') {
    const port = raw[kind]?.port;
    if (port === undefined) v.required([...path, kind, 'port']);
    else if (typeof port === 'number') v.port([...path, kind, 'port'], port);
  }
  for (const field of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    v.atLeast([...path, field], raw[field], 0);
  }
  if (role !== 'readiness' && (raw.successThreshold ?? 1) > 1)
    v.invalid([...path, 'successThreshold'], raw.successThreshold, 'must be 1');
  return {
    ...(raw as Handler),
    initialDelaySeconds: raw.initialDelaySeconds ?? 0,
    periodSeconds: raw.periodSeconds || 10, // the API server takes 0 as not given
    timeoutSeconds: raw.timeoutSeconds || 1,
    successThreshold: raw.successThreshold || 1,
    failureThreshold: raw.failureThreshold || 3,
  };
}
