import { formatDuration } from '../cluster/duration.ts';
import type { ClientPolicy } from './client-policy.ts';

/** Source ports that a Pod has towards one address. @source net.ipv4.ip_local_port_range 32768 60999 */
const SOURCE_PORTS = 28_232;
/** Files that a process may open unless it raises that itself. @source systemd v240, NEWS: LimitNOFILE 1024:524288; containerd 2.0 leaves it so */
const OPEN_FILES = 1024;
/** So many attempts of a call without a pause between them are a flood. */
const MANY_RETRIES = 10;

/** What each is allowed, and together means nothing, or not what it says. */
export interface Contradiction {
  /** Below the client's name. */
  field: string[];
  text: string;
  fix?: string;
}

/**
 * Of one client policy.
 * @param isWritten whether the scenario says a field itself: what presets say together is theirs
 * @param shortest of what it asks, the shortest typical CPU time of a request, ns
 */
export function contradictionsOf(
  name: string,
  policy: ClientPolicy,
  isWritten: (...field: string[]) => boolean,
  shortest: number,
): Contradiction[] {
  return [
    ...ofTimes(name, policy, isWritten),
    ...ofConnections(policy, isWritten, shortest),
    ...ofRetries(policy, isWritten),
  ];
}

type IsWritten = (...field: string[]) => boolean;

function ofTimes(name: string, policy: ClientPolicy, isWritten: IsWritten): Contradiction[] {
  const { timeout, readTimeout, totalTimeout, connectTimeout, retries, hedging } = policy;
  const found: Contradiction[] = [];
  if (retries.max !== 0 && Math.min(timeout, readTimeout, totalTimeout) === Infinity) {
    const text = 'retries without a timeout: a request that is never answered is never tried again';
    found.push({ field: ['retries'], text, fix: `set clients.${name}.timeout` });
  }
  if (timeout < Infinity && totalTimeout <= timeout) {
    const text = `an attempt may take ${formatDuration(timeout)}, and the call ends after ${formatDuration(totalTimeout)}`;
    found.push({ field: ['totalTimeout'], text: retries.max !== 0 ? `${text}: retries have no time left` : text });
  }
  if (hedging !== null && 'delay' in hedging.after && hedging.after.delay >= Math.min(timeout, totalTimeout)) {
    const text = `no attempt is sent after ${formatDuration(hedging.after.delay)} beside one that has ended by then`;
    found.push({ field: ['hedging', 'after'], text, fix: 'hedge before the timeout' });
  }
  // Presets of people have a connectTimeout of minutes, which nobody wrote.
  if (!isWritten('connections', 'connectTimeout')) return found;
  const limit = formatDuration(connectTimeout);
  if (timeout < connectTimeout) {
    const text = `an attempt ends after its timeout of ${formatDuration(timeout)}, connecting included: never after this ${limit}`;
    found.push({ field: ['connections', 'connectTimeout'], text, fix: 'set it below timeout' });
  }
  if (totalTimeout < connectTimeout) {
    const text = `the call ends after ${formatDuration(totalTimeout)}, before its connectTimeout of ${limit}`;
    found.push({ field: ['totalTimeout'], text });
  }
  return found;
}

function ofConnections(policy: ClientPolicy, isWritten: IsWritten, shortest: number): Contradiction[] {
  const { pool, poolTimeout, protocol, timeout, readTimeout, totalTimeout, patience, maxLifetime, inheritsDeadline } =
    policy;
  const found: Contradiction[] = [];
  const field = (last: string) => ['connections', last];
  if (pool < Infinity && pool > OPEN_FILES && isWritten('connections', 'pool')) {
    const ports =
      protocol === 'http1' && pool > SOURCE_PORTS
        ? `the ${SOURCE_PORTS} source ports that a Pod has towards one address, and `
        : '';
    const text = `${pool} connections are more than ${ports}the ${OPEN_FILES} files that a process may open (LimitNOFILE 1024:524288) unless it raises that itself, as Go and the JVM do`;
    found.push({ field: field('pool'), text });
  }
  if (protocol === 'http1' && isWritten('connections', 'maxStreams')) {
    const text = 'a connection of HTTP/1.1 holds one request at a time: this is never asked';
    found.push({ field: field('maxStreams'), text, fix: 'set protocol: http2, or leave it out' });
  }
  const isEndless = Math.min(timeout, readTimeout, totalTimeout) === Infinity && patience === null && !inheritsDeadline;
  if (pool < Infinity && poolTimeout === Infinity && isEndless && isWritten('connections', 'poolTimeout')) {
    const text = 'a request that is never answered keeps its connection, and calls wait for one without end';
    found.push({ field: field('poolTimeout'), text, fix: 'set it, or timeout' });
  }
  if (maxLifetime <= shortest && maxLifetime < Infinity) {
    const text = `a connection is too old after ${formatDuration(maxLifetime)}, before its first answer (a request takes ${formatDuration(shortest)}): none is used twice`;
    found.push({ field: field('maxLifetime'), text, fix: 'set minutes; keepAlive: 0s means a connection per request' });
  }
  return found;
}

function ofRetries(policy: ClientPolicy, isWritten: IsWritten): Contradiction[] {
  const { retries, totalTimeout, patience, inheritsDeadline } = policy;
  const { max, backoff, budget, probability } = retries;
  const found: Contradiction[] = [];
  const isEndless = max === Infinity && probability === 1 && budget === null;
  if (isEndless && totalTimeout === Infinity && patience === null && !inheritsDeadline) {
    const text = 'calls that fail are tried again for ever: if more come than is served, they do not end';
    found.push({ field: ['retries', 'max'], text, fix: 'set totalTimeout' });
  }
  if (max !== 0 && backoff.base > backoff.max) {
    const written = isWritten('retries', 'backoff', 'base') ? 'base' : 'max';
    const text = `a back-off begins with ${formatDuration(backoff.base)}, and is never longer than ${formatDuration(backoff.max)}: it does not grow`;
    found.push({ field: ['retries', 'backoff', written], text, fix: 'let base be less than max' });
  }
  if (typeof max === 'number' && max >= MANY_RETRIES && backoff.base === 0 && budget === null) {
    const many = max === Infinity ? 'attempts without end' : `${max + 1} attempts at once`;
    const text = `retries without a pause between them, and without a budget: a call that fails at once costs ${many}`;
    found.push({ field: ['retries', 'max'], text, fix: 'set backoff.base, or a budget' });
  }
  return found;
}
