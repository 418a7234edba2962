import type { Check } from './check.ts';
import { dnsCheck } from './checks/dns.ts';
import { envCheck } from './checks/env.ts';
import { resolvConfCheck } from './checks/resolv-conf.ts';

/** Every check that `svclab test` knows, by its key under `check:`. */
export const CHECKS: Readonly<Record<string, Check>> = Object.fromEntries(
  [dnsCheck, resolvConfCheck, envCheck].map((check) => [check.name, check]),
);
