import type { ContainerStatus, Pod, PodSpec, Probe, Toleration } from '../../cluster/api/pod.ts';
import { humanDuration } from '../../cluster/human-duration.ts';
import { controllerOf } from '../../cluster/owner.ts';
import { formatLabels, NONE } from '../printer.ts';
import type { Sheet } from './sheet.ts';
import { formatRFC1123 } from './time.ts';

type Container = PodSpec['containers'][number];

/** @source kubectl pkg/describe/describe.go describePod */
export function describePod(pod: Pod, sheet: Sheet): void {
  const { metadata, spec, status } = pod;
  sheet.head(pod);
  sheet.field('Priority', spec.priority ?? 0);
  sheet.field('Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : NONE);
  if (status.startTime !== undefined) sheet.field('Start Time', formatRFC1123(status.startTime));
  sheet.metadata(pod);
  if (metadata.deletionTimestamp !== undefined) {
    const lasts = humanDuration(sheet.snapshot.now - metadata.deletionTimestamp);
    sheet.field('Status', `Terminating (lasts ${lasts})`);
    const grace = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds;
    sheet.field('Termination Grace Period', `${grace}s`);
  } else sheet.field('Status', status.phase);
  if (status.reason) sheet.field('Reason', status.reason);
  if (status.message) sheet.field('Message', status.message);
  sheet.field('IP', status.podIP ?? '');
  const ips = status.podIPs ?? [];
  sheet.field('IPs', ips.length === 0 ? NONE : '');
  for (const { ip } of ips) sheet.field('IP', ip, 1);
  sheet.controlledBy(controllerOf(pod));
  if (spec.initContainers?.length)
    containers('Init Containers', spec.initContainers, status.initContainerStatuses, sheet);
  containers('Containers', spec.containers, status.containerStatuses, sheet);
  if (status.conditions.length > 0) {
    sheet.field('Conditions');
    sheet.line('Type\tStatus', 1);
    for (const { type, status: is } of status.conditions) sheet.line(`${type}\t${is}`, 1);
  }
  if (status.qosClass !== undefined) sheet.field('QoS Class', status.qosClass);
  sheet.labels('Node-Selectors', spec.nodeSelector ?? {});
  sheet.field('Tolerations', (spec.tolerations ?? []).map(tolerationText).sort());
  const spread = spec.topologySpreadConstraints ?? [];
  if (spread.length > 0) {
    sheet.field(
      'Topology Spread Constraints',
      spread.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => {
        const selector = labelSelector?.matchLabels ? ` for selector ${formatLabels(labelSelector.matchLabels)}` : '';
        return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
      }),
    );
  }
  sheet.events(pod);
}

/** Of a Pod and of a template; a template's containers have no state. */
export function containers(
  label: string,
  all: readonly Container[],
  statuses: readonly ContainerStatus[] | undefined,
  sheet: Sheet,
  level = 0,
): void {
  sheet.field(label, '', level);
  for (const container of all) {
    const status = statuses?.find(({ name }) => name === container.name);
    sheet.field(container.name, '', level + 1);
    describeContainer(container, status, sheet, level + 2);
  }
}

function describeContainer(
  { image, ports = [], resources, livenessProbe, readinessProbe, startupProbe, env = [] }: Container,
  status: ContainerStatus | undefined,
  sheet: Sheet,
  level: number,
): void {
  sheet.field('Image', image, level);
  const plural = ports.length > 1 ? 's' : '';
  const portText = ports.map(({ containerPort, protocol, name }) =>
    name === undefined ? `${containerPort}/${protocol}` : `${containerPort}/${protocol} (${name})`,
  );
  sheet.field(`Port${plural}`, portText.join(', ') || NONE, level);
  const hostPorts = ports.map(({ hostPort = 0, protocol }) => `${hostPort}/${protocol}`);
  sheet.field(`Host Port${plural}`, hostPorts.join(', ') || NONE, level);
  if (status !== undefined) {
    state('State', status.state, sheet, level);
    if (status.lastState?.terminated !== undefined) state('Last State', status.lastState, sheet, level);
    sheet.field('Ready', status.ready ? 'True' : 'False', level);
    sheet.field('Restart Count', status.restartCount, level);
  }
  for (const [label, quantities] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    if (quantities === undefined) continue;
    sheet.field(label, '', level);
    for (const [name, quantity] of Object.entries(quantities)) sheet.field(name, `${quantity}`, level + 1);
  }
  if (livenessProbe) sheet.field('Liveness', probeText(livenessProbe), level);
  if (readinessProbe) sheet.field('Readiness', probeText(readinessProbe), level);
  if (startupProbe) sheet.field('Startup', probeText(startupProbe), level);
  sheet.field('Environment', env.length === 0 ? NONE : '', level);
  for (const { name, value, valueFrom } of env) {
    sheet.field(name, value ?? (valueFrom === undefined ? '' : JSON.stringify(valueFrom)), level + 1);
  }
}

function state(label: string, of: ContainerStatus['state'] = {}, sheet: Sheet, level: number): void {
  const { running, waiting, terminated } = of;
  if (running !== undefined) {
    sheet.field(label, 'Running', level);
    sheet.field('Started', formatRFC1123(running.startedAt), level + 1);
  } else if (terminated !== undefined) {
    sheet.field(label, 'Terminated', level);
    if (terminated.reason) sheet.field('Reason', terminated.reason, level + 1);
    sheet.field('Exit Code', terminated.exitCode, level + 1);
    if (terminated.startedAt !== undefined) sheet.field('Started', formatRFC1123(terminated.startedAt), level + 1);
    if (terminated.finishedAt !== undefined) sheet.field('Finished', formatRFC1123(terminated.finishedAt), level + 1);
  } else {
    sheet.field(label, 'Waiting', level);
    if (waiting?.reason) sheet.field('Reason', waiting.reason, level + 1);
  }
}

/** `http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3` */
function probeText(probe: Probe): string {
  const { exec, httpGet, tcpSocket, grpc } = probe;
  let what = 'unknown';
  if (exec) what = `exec [${(exec.command ?? []).join(' ')}]`;
  else if (httpGet) {
    const path = httpGet.path?.startsWith('/') ? httpGet.path : `/${httpGet.path ?? ''}`;
    what = `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${path}`;
  } else if (tcpSocket) what = `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`;
  else if (grpc) what = `grpc <pod>:${grpc.port} ${grpc.service ?? ''}`;
  const { initialDelaySeconds, timeoutSeconds, periodSeconds, successThreshold, failureThreshold } = probe;
  return `${what} delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
}

/** `node.kubernetes.io/not-ready:NoExecute op=Exists for 300s` */
function tolerationText({ key = '', operator, value, effect, tolerationSeconds }: Toleration): string {
  const head = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
  const op = operator === 'Exists' ? (key === '' && !effect ? 'op=Exists' : ' op=Exists') : '';
  return `${head}${op}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}`;
}
