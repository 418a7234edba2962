import { familyOf, inCIDR } from '../../cluster/ip.ts';
import type { Path } from '../tree.ts';
import type { Validation } from './validation.ts';

export const VALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Addresses that mean a host itself, or its link. */
const SPECIAL = [
  { range: 'loopback', blocks: ['127.0.0.0/8', '::1/128'] },
  { range: 'link-local', blocks: ['169.254.0.0/16', 'fe80::/10'] },
  { range: 'link-local multicast', blocks: ['224.0.0.0/24', 'ff02::/10'] },
];

/** An address to which others may send. @source pkg/apis/core/validation/validation.go ValidateNonSpecialIP */
export function checkDestination(v: Validation, path: Path, ip: string): void {
  if (familyOf(ip) === null) return v.invalid(path, ip, VALID_IP);
  if (ip === '0.0.0.0' || ip === '::') v.invalid(path, ip, `may not be unspecified ("${ip}")`);
  for (const { range, blocks } of SPECIAL) {
    if (blocks.some((block) => inCIDR(ip, block))) {
      v.invalid(path, ip, `may not be in the ${range} range (${blocks.join(', ')})`);
    }
  }
}
