import type { Probe } from '../../cluster/objects.ts';
import type { Path } from '../tree.ts';
import type { Validation } from './validation.ts';

interface RawHandler {
  exec?: { command?: string[] };
  httpGet?: { port?: number | string };
  tcpSocket?: { port?: number | string };
  grpc?: { port?: number };
}

export interface RawProbe extends RawHandler {
  initialDelaySeconds?: number;
  timeoutSeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

const HANDLERS = ['httpGet', 'tcpSocket', 'exec', 'grpc'] as const;

/**
 * A probe with Kubernetes' defaults: every 10 s, 1 s to answer, ready after 1 success, not ready after 3 failures.
 * @source https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export function readProbe(raw: RawProbe, role: 'liveness' | 'readiness' | 'startup', path: Path, v: Validation): Probe {
  const kinds = HANDLERS.filter((kind) => raw[kind] !== undefined);
  if (kinds.length === 0) v.required(path, 'must specify a handler type');
  for (const kind of kinds.slice(1)) v.forbidden([...path, kind], 'may not specify more than 1 handler type');
  const kind = kinds[0] ?? 'exec';
  const port = kind === 'exec' ? undefined : raw[kind]?.port;
  if (kind !== 'exec' && kinds.length > 0) {
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
    kind,
    ...(port !== undefined && { port }),
    initialDelaySeconds: raw.initialDelaySeconds ?? 0,
    periodSeconds: raw.periodSeconds || 10, // the API server takes 0 as not given
    timeoutSeconds: raw.timeoutSeconds || 1,
    successThreshold: raw.successThreshold || 1,
    failureThreshold: raw.failureThreshold || 3,
  };
}
