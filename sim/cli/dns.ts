import { type Command, Option } from 'commander';
import { findPod } from '../check/find-pod.ts';
import { explainLookup } from '../discovery/explain-lookup.ts';
import { RECORD_TYPES, type RecordType } from '../discovery/message.ts';
import type { ResolvConf } from '../discovery/resolv-conf.ts';
import { type Library, type Lookup, lookUp } from '../discovery/resolver/look-up.ts';
import { podClient } from '../discovery/resolver/pod-client.ts';
import { lookAtInstant, timeOption } from './cluster-file.ts';
import { EXIT } from './exit.ts';
import { scenarioPath } from './files.ts';
import { paint, table, wrap } from './text.ts';

interface Options {
  from: string;
  type?: RecordType;
  resolver: Library;
  at?: number;
  json?: boolean;
}

/** What the command prints with --json. */
interface Answer extends Lookup {
  version: 1;
  name: string;
  from: string;
  resolver: Library;
  resolvConf: ResolvConf;
  explanation: string[];
}

/** `svclab dns NAME FILE…`: exit code 1 if the name is not found. */
export function dnsCommand(program: Command): void {
  program
    .command('dns')
    .description('look a name up as a Pod would, and say what was asked and why it led there')
    .argument('<name>', 'as a program spells it: checkout, checkout.shop, api.example.com.')
    .argument('<file...>', 'manifests, or one Scenario; - is standard input')
    .option('--from <pod>', 'NAMESPACE/POD, NAMESPACE/WORKLOAD, or a NAMESPACE for any Pod there', 'default')
    .addOption(new Option('--type <type>', 'of the record (default: A and AAAA)').choices(RECORD_TYPES))
    .addOption(
      new Option('--resolver <library>', 'C library of the client').choices(['glibc', 'musl']).default('glibc'),
    )
    .option(
      '--at <time>',
      'instant: of a Scenario, which runs with its traffic up to it; manifests are left alone so long',
      timeOption,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  $ svclab dns checkout --from shop/frontend shop.yaml')
    .action((name: string, paths: string[], options: Options) => {
      const { store, dns } = lookAtInstant(paths.map(scenarioPath), options.at);
      const pod = findPod(options.from, store);
      const types = options.type === undefined ? (['A', 'AAAA'] as const) : [options.type];
      const { client, server, resolvConf } = podClient(pod, store, dns, options.resolver, types);
      const lookup = lookUp(name, client, server);
      const { namespace } = pod.metadata;
      const context = { name, namespace, clusterDomain: dns.clusterDomain, external: Object.keys(dns.external) };
      const explanation = explainLookup(lookup, { ...context, objects: store });
      const answer: Answer = { version: 1, name, ...pickOptions(options), resolvConf, ...lookup, explanation };
      process.stdout.write(options.json ? `${JSON.stringify(answer, null, 2)}\n` : print(answer));
      if (!lookup.found) process.exitCode = EXIT.no;
    });
}

function pickOptions({ from, resolver }: Options): { from: string; resolver: Library } {
  return { from, resolver };
}

/** In the manner of `dig`. */
function print({ name, from, resolver, resolvConf, queries, records, addresses, local, explanation }: Answer): string {
  const { nameservers, search, options } = resolvConf;
  const lines = [
    `; ${name} from ${from}: ${resolver}, nameserver ${nameservers.join(' ')}, search ${search.join(' ')}, ${options.join(' ')}`,
    '',
  ];
  if (queries.length > 0) {
    lines.push(';; QUERIES', table(queries.map((query) => [query.name, query.rcode, query.why])), '');
  }
  lines.push(';; ANSWER');
  if (records.length > 0)
    lines.push(table(records.map((each) => [each.name, `${each.ttl}`, 'IN', each.type, each.data])));
  else if (local !== null) lines.push(...addresses);
  else lines.push(paint('red', 'not found'));
  return `${lines.join('\n')}\n\n${explanation.map((sentence) => wrap(sentence)).join('\n')}\n`;
}
