import { compileEbpf } from '../ebpf/compile.ts';
import { decideEbpf } from '../ebpf/decide.ts';
import { compileIptables } from '../iptables/compile.ts';
import { decideIptables } from '../iptables/decide.ts';
import { compileIpvs } from '../ipvs/compile.ts';
import { decideIpvs } from '../ipvs/decide.ts';
import { compileNftables } from '../nftables/compile.ts';
import { decideNftables } from '../nftables/decide.ts';
import type { Decision, Packet } from '../rules/packet.ts';
import type { ProxyInput } from '../rules/proxy-input.ts';
import { proxyView } from '../rules/proxy-view.ts';

/** What a node's data plane does with the first packet of a connection, in the mode that it runs. */
export function decidePacket(input: ProxyInput, packet: Packet): Decision {
  const view = proxyView(input, packet.family);
  const { node, settings } = input;
  switch (settings.mode) {
    case 'iptables':
      return decideIptables(compileIptables(view), node, packet);
    case 'nftables':
      return decideNftables(compileNftables(view), node, packet);
    case 'ipvs':
      return decideIpvs(compileIpvs(view), node, packet);
    case 'ebpf':
      return decideEbpf(compileEbpf(view), packet);
  }
}
