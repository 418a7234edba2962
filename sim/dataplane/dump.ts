import type { IPFamily } from '../cluster/api/service.ts';
import { compileIptables } from './iptables/compile.ts';
import { saveIptables } from './iptables/save.ts';
import { compileIpvs } from './ipvs/compile.ts';
import { dumpIpvs } from './ipvs/dump.ts';
import { compileNftables } from './nftables/compile.ts';
import { listNftables } from './nftables/list.ts';
import type { ProxyInput } from './rules/proxy-input.ts';
import { proxyView } from './rules/proxy-view.ts';

/** Modes whose programming has a native format. */
export type DumpFormat = 'iptables' | 'nftables' | 'ipvs';

/** A node's programming in the format of the tools that load it: `iptables-restore`, `nft -f`, `ipvsadm -R`. */
export function dumpNode(input: ProxyInput, format: DumpFormat, family: IPFamily): string {
  const view = proxyView(input, family);
  const header = `node ${input.node.metadata.name}, ${family}`;
  switch (format) {
    case 'iptables':
      return saveIptables(compileIptables(view), header);
    case 'nftables':
      return listNftables(compileNftables(view), header);
    case 'ipvs':
      return dumpIpvs(compileIpvs(view), header);
  }
}
