import type { Check } from './check.ts';
import { autoscalerCheck } from './checks/autoscaler.ts';
import { connectCheck } from './checks/connect.ts';
import { dnsCheck } from './checks/dns.ts';
import { endpointSlicesCheck } from './checks/endpoint-slices.ts';
import { envCheck } from './checks/env.ts';
import { packetCheck } from './checks/packet.ts';
import { reachCheck } from './checks/reach.ts';
import { resolvConfCheck } from './checks/resolv-conf.ts';
import { rolloutCheck } from './checks/rollout.ts';

/** Every check that `svclab test` knows, by its key under `check:`. */
export const CHECKS: Readonly<Record<string, Check>> = Object.fromEntries(
  [
    endpointSlicesCheck,
    packetCheck,
    reachCheck,
    connectCheck,
    dnsCheck,
    resolvConfCheck,
    envCheck,
    autoscalerCheck,
    rolloutCheck,
  ].map((check) => [check.name, check]),
);
