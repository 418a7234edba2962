import { Argument, type Command, Option } from 'commander';
import { proxyInputOf, proxySettings } from '../check/network-of.ts';
import { type DumpFormat, dumpNode } from '../dataplane/dump.ts';
import { SCHEDULER_NAMES } from '../dataplane/ipvs/schedulers/create.ts';
import { knownNames } from '../input/faults.ts';
import { lookAtInstant, timeOption } from './cluster-file.ts';
import { scenarioPath } from './files.ts';
import { UsageError } from './messages.ts';

interface Options {
  node?: string;
  ipv6?: boolean;
  at?: number;
  scheduler: string;
}

/** `svclab dump FORMAT FILE…`: what a node's proxy has programmed, for the tools that load it. */
export function dumpCommand(program: Command): void {
  program
    .command('dump')
    .description('print the programming of a node as its own tools list it, ready to load')
    .addArgument(new Argument('<format>', 'the mode, and so the tool').choices(['iptables', 'nftables', 'ipvs']))
    .argument('<file...>', 'manifests, or one Scenario; - is standard input')
    .option('--node <name>', 'default: the first node')
    .option(
      '--at <time>',
      'instant: of a Scenario, which runs with its traffic up to it; manifests are left alone so long',
      timeOption,
    )
    .option('--ipv6', 'of the other family')
    .addOption(new Option('--scheduler <name>', 'of ipvs mode').choices(SCHEDULER_NAMES).default('rr'))
    .addHelpText('after', '\nExample:\n  $ svclab dump iptables shop.yaml --node node-1 | iptables-restore --test')
    .action((format: DumpFormat, paths: string[], options: Options) => {
      const { store, cluster } = lookAtInstant(paths.map(scenarioPath), options.at);
      const nodes = [...store.list('Node')];
      const node = options.node === undefined ? nodes[0] : nodes.find((each) => each.metadata.name === options.node);
      if (node === undefined) {
        const names = nodes.map(({ metadata }) => metadata.name);
        const { expected } = knownNames(options.node ?? '', names, 'one of');
        throw new UsageError(`there is no node "${options.node ?? ''}"\n  expected  ${expected}`);
      }
      const settings = { ...proxySettings(cluster), mode: format, scheduler: options.scheduler };
      process.stdout.write(
        dumpNode(proxyInputOf(store, node, settings), format, options.ipv6 === true ? 'IPv6' : 'IPv4'),
      );
    });
}
