import { blocksOf, nodePortAddresses, primaryIP } from '../rules/node-addresses.ts';
import type { ProxyView } from '../rules/proxy-view.ts';
import { baseTable } from './base-table.ts';
import { addServiceChains } from './service-chains.ts';
import type { NftTable } from './table.ts';

/** Without a word on it, node ports are on the primary address alone. @source KEP-3866 */
const DEFAULT_NODE_PORT_ADDRESSES = ['primary'];

/** The table that kube-proxy in nftables mode keeps on a node for one family. */
export function compileNftables(view: ProxyView): NftTable {
  const { family, input } = view;
  const { settings, node } = input;
  const blocks = settings.nodePortAddresses.length > 0 ? settings.nodePortAddresses : DEFAULT_NODE_PORT_ADDRESSES;
  const nodePorts = nodePortAddresses(node, family, blocks);
  const table = baseTable(family, nodePorts, blocksOf(settings.serviceCIDR, family));
  const context = {
    masqueradeAll: settings.masqueradeAll,
    podBlock: view.podBlock,
    nodeIP: primaryIP(node, family),
  };
  for (const port of view.ports) addServiceChains(table, port, context);
  return table;
}
