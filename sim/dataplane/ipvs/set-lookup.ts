import { inCIDR } from '../../cluster/ip.ts';
import type { Flow } from '../rules/flow.ts';
import type { IpSet } from './program.ts';

/** Is the packet in the set? `fields` says of which end each part is: `dst,dst,src`. */
export function isInSet(set: IpSet, fields: string, flow: Flow): boolean {
  const { packet } = flow;
  const [first] = fields.split(',');
  const ip = first === 'src' ? packet.from : flow.to;
  const port = `${ip},${packet.protocol.toLowerCase()}:${flow.port}`;
  switch (set.type) {
    case 'bitmap:port':
      return set.entries.has(`${flow.port}`);
    case 'hash:ip':
      return set.entries.has(ip);
    case 'hash:ip,port':
      return set.entries.has(port);
    case 'hash:ip,port,ip':
      return set.entries.has(`${port},${packet.from}`);
    case 'hash:ip,port,net':
      return [...set.entries].some(
        (entry) => entry.startsWith(`${port},`) && inCIDR(packet.from, entry.slice(port.length + 1)),
      );
  }
}
