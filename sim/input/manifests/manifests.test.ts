import { describe, expect, test } from 'vitest';
import type { HorizontalPodAutoscaler } from '../../cluster/api/autoscaling.ts';
import type { Node } from '../../cluster/api/node.ts';
import type { Pod } from '../../cluster/api/pod.ts';
import type { Service } from '../../cluster/api/service.ts';
import type { Deployment } from '../../cluster/api/workloads.ts';
import { preStopSeconds } from '../../cluster/pre-stop.ts';
import { roomOf } from '../../cluster/resources.ts';
import { Faults } from '../faults.ts';
import { readYaml } from '../yaml.ts';
import { checkManifests } from './cross-checks.ts';
import { readManifests } from './read.ts';

function read(text: string) {
  const faults = new Faults();
  const manifests = readYaml('f.yaml', text, faults).flatMap((tree) => readManifests(tree, 'default', faults));
  checkManifests(manifests, faults);
  return { objects: manifests.flatMap(({ object }) => object ?? []), errors: faults.errors, warnings: faults.warnings };
}

/** One object with a body, where only the path and the text of its faults matter. */
function told(text: string, what: 'errors' | 'warnings' = 'errors'): string[] {
  return read(text)[what].map(({ path, text, fix }) => `${path}: ${text}${fix === undefined ? '' : ` (${fix})`}`);
}

const pod = (container: string, spec = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {${spec}containers: [{name: c, image: i${container}}]}}`;
const deployment = (spec: string, template = '{containers: [{name: c, image: i}]}') =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: ${template}}${spec}}}`;
const service = (spec: string, name = 's') =>
  `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {${spec}}}`;
const autoscaler = (spec: string) =>
  `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {scaleTargetRef: {kind: Deployment, name: d}, ${spec}}}`;

describe('defaults', () => {
  test('of a Deployment and its Pods', () => {
    const [read1] = read(deployment(', strategy: null')).objects as [Deployment];
    expect(read1.spec).toEqual({
      replicas: 1,
      selector: { matchLabels: { a: 'b' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      minReadySeconds: 0,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      paused: false,
      template: {
        metadata: { labels: { a: 'b' }, annotations: {} },
        spec: {
          containers: [{ name: 'c', image: 'i', imagePullPolicy: 'Always' }],
          dnsPolicy: 'ClusterFirst',
          enableServiceLinks: true,
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 30,
        },
      },
    });
  });

  test('of a probe', () => {
    const [p] = read(pod(', readinessProbe: {tcpSocket: {port: 80}}')).objects as [Pod];
    expect(p.spec.containers[0]!.readinessProbe).toEqual({
      tcpSocket: { port: 80 },
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });

  test('requests equal limits where they are not given', () => {
    const [p] = read(pod(', resources: {limits: {cpu: 1500m, memory: 1Gi}, requests: {memory: 1Mi}}')).objects as [Pod];
    expect(p.spec.containers[0]!.resources).toEqual({
      requests: { cpu: '1500m', memory: '1Mi' },
      limits: { cpu: '1500m', memory: '1Gi' },
    });
  });

  test('of a Service', () => {
    const [s] = read(service('ports: [{port: 80}]')).objects as [Service];
    expect(s.spec).toEqual({
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      publishNotReadyAddresses: false,
    });
  });

  test('of an autoscaler', () => {
    const [h] = read(
      autoscaler('maxReplicas: 3, behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}'),
    ).objects as [HorizontalPodAutoscaler];
    expect(h.spec).toEqual({
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [
            { type: 'Pods', value: 4, periodSeconds: 15 },
            { type: 'Percent', value: 100, periodSeconds: 15 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    });
  });
});

test('a Pod with a status is in that state; one without is new', () => {
  const status = '{phase: Running, podIP: 10.0.0.7, conditions: [{type: Ready, status: "True"}]}';
  const [known, fresh] = read(
    `${pod('').slice(0, -1)}, status: ${status}}\n---\n${pod('').replace('name: p', 'name: q')}`,
  ).objects as [Pod, Pod];
  expect(known.status).toEqual({
    phase: 'Running',
    podIP: '10.0.0.7',
    podIPs: [{ ip: '10.0.0.7' }],
    conditions: [{ type: 'Ready', status: 'True' }],
  });
  expect(fresh.status).toEqual({ phase: 'Pending', conditions: [] });
});

test('a Node of a dump keeps what it can allocate', () => {
  const text = `{apiVersion: v1, kind: Node, metadata: {name: node-1}, spec: {podCIDR: 10.244.1.0/24, taints: [{key: k, effect: NoSchedule}]},
    status: {capacity: {cpu: 4}, allocatable: {cpu: 3920m, memory: 15Gi, pods: "58", ephemeral-storage: 1Gi}, addresses: [{type: InternalIP, address: 192.168.0.9}]}}`;
  const [node] = read(text).objects as [Node];
  expect(node.spec).toEqual({
    podCIDR: '10.244.1.0/24',
    taints: [{ key: 'k', effect: 'NoSchedule' }],
  });
  expect(node.status).toMatchObject({
    allocatable: { cpu: '3920m', memory: '15Gi', pods: '58' },
    conditions: [{ type: 'Ready', status: 'True' }],
    addresses: [{ type: 'InternalIP', address: '192.168.0.9' }],
  });
  expect(roomOf(node)).toEqual({ cpuMilli: 3920, memoryBytes: 15 * 2 ** 30, pods: 58 });
});

test.each([
  ['sleep: {seconds: 7}', 7],
  ['exec: {command: [sleep, "5"]}', 5],
  ['exec: {command: [/bin/sh, -c, "nginx -s quit; sleep 12"]}', 12],
  ['httpGet: {port: 80}', 0],
])('a preStop hook %s holds the Pod %d s', (hook, seconds) => {
  const [p] = read(pod(`, lifecycle: {preStop: {${hook}}}`)).objects as [Pod];
  expect(preStopSeconds(p.spec.containers[0]!) ?? 0).toBe(seconds);
});

describe('faults, in the API server’s words', () => {
  const SUBDOMAIN =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start";
  test.each([
    [deployment('').replace('name: d', 'name: D_1'), `metadata.name: Invalid value: "D_1": ${SUBDOMAIN}`],
    [deployment('').replace('name: d', ''), 'metadata.name: Required value: name or generateName is required'],
    [
      deployment('').replace('{labels: {a: b}}', '{labels: {a: c}}'),
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
    ],
    [deployment(', replicas: -1'), 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [
      deployment(', replicas: "3"'),
      'spec.replicas: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment(', replicas: 1.5'),
      'spec.replicas: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment(', paused: 1'),
      'spec.paused: cannot unmarshal number into Go struct field DeploymentSpec.spec.paused of type bool',
    ],
    [
      deployment(', strategy: [Recreate]'),
      'spec.strategy: cannot unmarshal array into Go struct field DeploymentSpec.spec.strategy of type v1.DeploymentStrategy',
    ],
    [
      deployment(', strategy: {type: Recreat}'),
      'spec.strategy.type: Unsupported value: "Recreat": supported values: "Recreate", "RollingUpdate" (did you mean "Recreate"?)',
    ],
    [
      deployment(', strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}'),
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      deployment(', strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}'),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0',
    ],
    [
      deployment(', strategy: {rollingUpdate: {maxUnavailable: 150%}}'),
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
    ],
    [
      deployment(', strategy: {rollingUpdate: {maxSurge: half}}'),
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: "half": a valid percent string must be a numeric string',
    ],
    [deployment('', '{containers: []}'), 'spec.template.spec.containers: Required value'],
    [
      deployment('', '{restartPolicy: Never, containers: [{name: c, image: i}]}'),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [pod('}, {name: c, image: j'), 'spec.containers[1].name: Duplicate value: "c"'],
    [
      pod(', ports: [{containerPort: 70000}]'),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      pod(', ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}]'),
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ],
    [
      pod(', ports: [{containerPort: 1, name: a-very-long-port-name}]'),
      'spec.containers[0].ports[0].name: Invalid value: "a-very-long-port-name": must be no more than 15 bytes',
    ],
    [
      pod(', ports: [{containerPort: 1, protocol: tcp}]'),
      'spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP" (did you mean "TCP"?)',
    ],
    [
      pod(', resources: {requests: {cpu: 2}, limits: {cpu: 500m}}'),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 500m',
    ],
    [
      pod(', resources: {requests: {memory: 1gb}}'),
      'spec.containers[0].resources.requests.memory: Invalid value: "1gb": quantities must match the regular expression',
    ],
    [
      pod(', livenessProbe: {tcpSocket: {port: 80}, successThreshold: 2}'),
      'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
    ],
    [
      pod(', readinessProbe: {periodSeconds: 5}'),
      'spec.containers[0].readinessProbe: Required value: must specify a handler type',
    ],
    [
      pod(', readinessProbe: {exec: {}, tcpSocket: {port: 1}}'),
      'spec.containers[0].readinessProbe.exec: Forbidden: may not specify more than 1 handler type',
    ],
    [
      pod('', 'terminationGracePeriodSeconds: -1, '),
      'spec.terminationGracePeriodSeconds: Invalid value: -1: must be greater than or equal to 0',
    ],
    [service('ports: []'), 'spec.ports: Required value'],
    [
      service('ports: [{port: 80}]', '1s'),
      'metadata.name: Invalid value: "1s": a DNS-1035 label must consist of lower case alphanumeric characters',
    ],
    [service('ports: [{port: 80}, {name: b, port: 81}]'), 'spec.ports[0].name: Required value'],
    [service('ports: [{name: a, port: 80}, {name: a, port: 81}]'), 'spec.ports[1].name: Duplicate value: "a"'],
    [
      service('ports: [{name: a, port: 80}, {name: b, port: 80}]'),
      'spec.ports[1]: Duplicate value: {"name":"b","port":80,"protocol":"TCP"}',
    ],
    [service('ports: [{port: 0}]'), 'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [
      service('type: NodePort, ports: [{port: 80, nodePort: 80}]'),
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      service('clusterIP: 10.0.0.300, ports: [{port: 80}]'),
      'spec.clusterIP: Invalid value: "10.0.0.300": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      service('clusterIP: None, type: NodePort, ports: [{port: 80}]'),
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services',
    ],
    [service('type: ExternalName'), 'spec.externalName: Required value'],
    [
      autoscaler('minReplicas: 4, maxReplicas: 3'),
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
    ],
    [autoscaler('minReplicas: 2'), 'spec.maxReplicas: Required value'],
    [
      autoscaler('maxReplicas: 3, behavior: {scaleUp: {stabilizationWindowSeconds: 4000}}'),
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600',
    ],
    [
      '{apiVersion: v1, kind: Deployment, metadata: {name: d}}',
      'apiVersion: no matches for kind "Deployment" in version "v1"',
    ],
    ['{apiVersion: v1, kind: Servce, metadata: {name: d}}', 'kind: unknown kind "Servce" (did you mean "Service"?)'],
    [
      '{apiVersion: svclab.dev/v1alpha1, kind: Scenaro}',
      'kind: unknown kind "Scenaro" of svclab (did you mean "Scenario"?)',
    ],
    ['{apiVersion: v1, metadata: {name: d}}', ': this is no Kubernetes object'],
    [`${pod('')}\n---\n${pod('')}`, 'metadata.name: Pod "p" is here twice (it is also at f.yaml:1)'],
  ])('%s', (text, message) => {
    const errors = told(text);
    expect(errors.find((each) => each.startsWith(message)) ?? errors).toEqual(expect.stringContaining(message));
  });
});

describe('what contradicts itself, or another object', () => {
  const two = (a: string, b: string) => `${service(a, 'a')}\n---\n${service(b, 'b')}`;
  const twoPorts = 'ports: [{port: 80, name: a, nodePort: 30000}, {port: 81, name: b, nodePort: 30000}]';
  const init = (more: string) =>
    pod('', `initContainers: [{name: i, image: i, readinessProbe: {tcpSocket: {port: 1}}${more}}], `);
  const anti = (term: string) => pod('', `affinity: {podAntiAffinity: {${term}}}, `);
  const gateway =
    '{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: g}, spec: {gatewayClassName: c, listeners: [{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}]}}';
  const route =
    '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r}, spec: {rules: [{matches: [{path: {type: PathPrefix, value: foo}}]}]}}';
  const ingress =
    '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {defaultBackend: {service: {name: s, port: {name: http, number: 80}}}}}';
  const daemons = (rolling: string) =>
    `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, updateStrategy: {rollingUpdate: {${rolling}}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}`;
  const endpoints = (subset: string) =>
    `{apiVersion: v1, kind: Endpoints, metadata: {name: e}, subsets: [{${subset}}]}`;

  test.each([
    [
      service('type: NodePort, ports: [{port: 80}], loadBalancerSourceRanges: [10.0.0.0/8]'),
      'spec.loadBalancerSourceRanges: Forbidden',
    ],
    [service(`type: NodePort, ${twoPorts}`), 'spec.ports[1].nodePort: Duplicate value: 30000'],
    [
      service('ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6], ports: [{port: 80}]'),
      'spec.ipFamilyPolicy: Invalid value: "SingleStack"',
    ],
    [
      service('externalIPs: [127.0.0.1], ports: [{port: 80}]'),
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range',
    ],
    [
      service('type: LoadBalancer, loadBalancerClass: a b, ports: [{port: 80}]'),
      'spec.loadBalancerClass: Invalid value: "a b"',
    ],
    [
      pod(', ports: [{containerPort: 80, hostPort: 81}]', 'hostNetwork: true, '),
      'spec.containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort`',
    ],
    [
      pod('', 'tolerations: [{key: a, operator: Exists, value: x}], '),
      'spec.tolerations[0].value: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
    ],
    [pod('', 'tolerations: [{operator: Equal}], '), 'spec.tolerations[0].operator: Invalid value: "Equal"'],
    [
      pod('', 'tolerations: [{key: a, effect: NoSchedule, tolerationSeconds: 3}], '),
      'spec.tolerations[0].effect: Invalid value: "NoSchedule"',
    ],
    [init(''), 'spec.initContainers[0].readinessProbe: Forbidden'],
    [
      pod(', lifecycle: {preStop: {sleep: {seconds: 40}}}'),
      'spec.containers[0].lifecycle.preStop.sleep.seconds: Invalid value: 40: must be non-negative and less than terminationGracePeriodSeconds (30)',
    ],
    [
      anti('requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]'),
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value',
    ],
    [
      anti('preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {}}]'),
      'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Required',
    ],
    [
      daemons('maxSurge: 1, maxUnavailable: 1'),
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
    [
      endpoints('addresses: [{ip: 169.254.1.1}]'),
      'subsets[0].addresses[0].ip: Invalid value: "169.254.1.1": may not be in the link-local range',
    ],
    [
      endpoints('addresses: [{ip: 10.0.0.1}], ports: [{port: 1, name: a}, {port: 2}]'),
      'subsets[0].ports[1].name: Required value',
    ],
    [gateway, 'spec.listeners[1].name: Invalid value: "a": Listener name must be unique within the Gateway'],
    [ingress, 'spec.defaultBackend: Invalid value: "": cannot set both port name & port number'],
    [route, 'spec.rules[0].matches[0].path.value: Invalid value: "foo": value must be an absolute path'],
    [
      two('clusterIP: 10.96.0.50, ports: [{port: 80}]', 'clusterIP: 10.96.0.50, ports: [{port: 81}]'),
      'spec.clusterIP: Invalid value: "10.96.0.50": provided IP is already allocated (Service default/a has it)',
    ],
    [
      two(
        'type: NodePort, ports: [{port: 80, nodePort: 30080}]',
        'type: NodePort, ports: [{port: 81, nodePort: 30080}]',
      ),
      'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated (Service default/a has it)',
    ],
  ])('%s', (text, fault) => {
    const faults = told(text);
    expect(faults.length).toBe(1);
    expect(faults[0]).toContain(fault);
  });

  test.each([
    init(', restartPolicy: Always'),
    daemons('maxSurge: 1, maxUnavailable: 0'),
    pod(', lifecycle: {preStop: {sleep: {seconds: 30}}}'),
    pod(', ports: [{containerPort: 80, hostPort: 81}]'),
    service(
      'type: NodePort, ports: [{port: 80, name: a, nodePort: 30000}, {port: 80, name: b, protocol: UDP, nodePort: 30000}]',
    ),
    two('clusterIP: None, ports: [{port: 80}]', 'clusterIP: None, ports: [{port: 80}]'),
  ])('taken: %s', (text) => expect(told(text)).toEqual([]));
});

describe('warnings: Kubernetes takes it', () => {
  test.each([
    [
      'an unknown field',
      deployment(', replica: 2'),
      ['spec.replica: unknown field "spec.replica" (did you mean "replicas"?)'],
    ],
    [
      'a probe of no port',
      pod(', ports: [{containerPort: 80, name: http}], readinessProbe: {httpGet: {port: htp}}'),
      [
        'spec.containers[0].readinessProbe.httpGet.port: no port of this container is named "htp": the probe always fails (did you mean "http"?)',
      ],
    ],
    [
      'a Service of no Pods',
      `${service('selector: {a: c}, ports: [{port: 80}]')}\n---\n${deployment('')}`,
      ['spec.selector: no Pod of the manifests has the labels a=c: the Service has no endpoints (did you mean "a=b"?)'],
    ],
    [
      'a targetPort of no container',
      `${service('selector: {a: b}, ports: [{port: 80, targetPort: htttp}]')}\n---\n${deployment('', '{containers: [{name: c, image: i, ports: [{containerPort: 80, name: http}]}]}')}`,
      [
        'spec.ports[0].targetPort: no container port is named "htttp": the Service has no endpoints for this port (did you mean "http"?)',
      ],
    ],
    [
      'an autoscaler of nothing',
      autoscaler('maxReplicas: 3'),
      ['spec.scaleTargetRef.name: there is no Deployment "d" in namespace "default": nothing is scaled'],
    ],
    ['a kind without a model', '{apiVersion: v1, kind: Secret, metadata: {name: c}}', []],
    [
      'fields that are known but not read',
      deployment(
        ', revisionHistoryLimit: 3',
        '{priorityClassName: x, affinity: {nodeAffinity: {}}, containers: [{name: c, image: i, env: [{name: A, value: b}]}]}',
      ),
      [],
    ],
  ])('%s', (_, text, messages) => {
    expect(told(text)).toEqual([]);
    expect(told(text, 'warnings')).toEqual(messages);
  });
});

test('an autoscaler of autoscaling/v1', () => {
  const text = autoscaler('maxReplicas: 3, targetCPUUtilizationPercentage: 55').replace('/v2', '/v1');
  const [h] = read(text).objects as [HorizontalPodAutoscaler];
  expect(h.spec.metrics[0]?.resource?.target.averageUtilization).toBe(55);
  const asV2 = read(text.replace('/v1', '/v2'));
  expect((asV2.objects[0] as HorizontalPodAutoscaler).spec.metrics[0]?.resource?.target.averageUtilization).toBe(80);
  expect(asV2.warnings.map((warning) => warning.text)).toContain('unknown field "spec.targetCPUUtilizationPercentage"');
});

test('a List, as kubectl prints it, is its items', () => {
  const text = `{apiVersion: v1, kind: List, items: [${pod('')}, {apiVersion: v1, kind: PodList, items: [${pod('').replace('name: p', 'name: q')}]}]}`;
  expect(read(text).objects.map(({ metadata }) => metadata.name)).toEqual(['p', 'q']);
});
