import { beforeEach, expect, test } from 'vitest';
import { CLIENT_PRESETS } from '../input/client-presets.ts';
import { CallStore } from './call-store.ts';
import { Client } from './client.ts';
import { Connections } from './connections.ts';
import { Edge } from './edge.ts';
import { DOWN, DRAINING, LISTENING } from './server.ts';
import type { Servers } from './servers.ts';
import type { TrackedFlows } from './tracked-flows.ts';

const edge = new Edge(
  0,
  { name: 'x/front', isUser: false },
  {
    service: 'x/back',
    host: 'back',
    slot: 0,
    port: 80,
    portIndex: 0,
    targetPort: 8080,
    origin: 0,
    protocol: 'TCP',
    family: 'IPv4',
    entersByNode: false,
  },
  { share: 1, policy: { ...CLIENT_PRESETS.none!, keepAlive: 100 }, discovery: { podIP: 1 } },
);

let clock: Float64Array;
let servers: { state: number; incarnation: number }[];
let calls: CallStore;
let connections: Connections;
let client: Client;

beforeEach(() => {
  clock = new Float64Array(1);
  servers = [0, 1, 2, 3].map(() => ({ state: LISTENING, incarnation: 0 }));
  calls = new CallStore();
  connections = new Connections(
    clock,
    { at: (pod: number) => servers[pod] } as Servers,
    { isOn: false } as TrackedFlows,
  );
  client = new Client(edge, { pod: 0, node: 0, address: 0, addressCount: 1 }, 'podIP');
  client.addresses = Int32Array.of(10, 11, 12);
  client.idle = new Int32Array(3).fill(-1);
});

/** A call to the address at `position` ends now and gives its connection back. */
function giveBack(position: number): void {
  const call = calls.open(clock);
  calls.setPosition(call, position);
  calls.setAddress(call, client.addresses[position]!);
  calls.setPod(call, position);
  calls.setIncarnation(call, servers[position]!.incarnation);
  connections.giveBack(client, calls, call);
  calls.close(call);
}

/** @returns the address of the idle connection that is taken; -1: none */
function take(position: number): number {
  const slot = connections.takeIdle(client, position);
  if (slot < 0) return -1;
  connections.close(slot);
  return connections.address(slot);
}

test('the connection used last is taken first, each address has its own', () => {
  giveBack(0);
  giveBack(1);
  giveBack(1);
  expect([take(1), take(1), take(1), take(0), client.idleCount, connections.inUse]).toEqual([11, 11, -1, 10, 0, 0]);
});

test('idle for keepAlive it is still good, longer it is not; what is older goes with it', () => {
  giveBack(0);
  clock[0] = 100;
  expect(take(0)).toBe(10);
  giveBack(0);
  clock[0] = 150;
  giveBack(0);
  clock[0] = 251;
  expect([take(0), client.idleCount, connections.inUse]).toEqual([-1, 0, 0]);
});

test.each([
  { name: 'is draining', change: { state: DRAINING } },
  { name: 'is gone', change: { state: DOWN } },
  { name: 'is another process', change: { incarnation: 1 } },
])('a connection is closed when its other end $name', ({ change }) => {
  giveBack(2);
  Object.assign(servers[2]!, change);
  expect([take(2), client.idleCount, connections.inUse]).toEqual([-1, 0, 0]);
});

test('with other addresses, connections to those that stay are kept, at their new places', () => {
  for (const position of [0, 1, 1, 2]) giveBack(position);
  client.turn = 2;
  connections.readdress(client, Int32Array.of(11, 13));
  expect([client.idleCount, connections.inUse, client.turn]).toEqual([2, 2, 0]);
  expect([take(0), take(0), take(0), take(1)]).toEqual([11, 11, -1, -1]);
  connections.readdress(client, new Int32Array(0));
  expect([client.idleCount, client.turn, [...client.idle]]).toEqual([0, 0, [-1]]);
});

test('one is closed to make room; all when the process is gone', () => {
  for (const position of [1, 1, 2]) giveBack(position);
  connections.closeAny(client);
  expect([client.idleCount, connections.inUse]).toEqual([2, 2]);
  connections.closeAll(client);
  expect([client.idleCount, connections.inUse, [...client.idle]]).toEqual([0, 0, [-1, -1, -1]]);
  connections.closeAny(client);
  expect(client.idleCount).toBe(0);
});
