import { joinHostPort } from '../../cluster/ip.ts';
import { saveIptables } from '../iptables/save.ts';
import { singleAddressBlock } from '../rules/node-addresses.ts';
import type { IpvsProgram, VirtualServer } from './program.ts';

/** `ipvsadm -Sn`, which `ipvsadm -R` reads: the virtual servers and their real servers, in the kernel's order. */
export function saveVirtualServers({ servers }: IpvsProgram): string {
  return [...servers.values()].flatMap(serverLines).join('');
}

/** `ipset save`, which `ipset restore` reads. */
export function saveIpSets({ sets, family }: IpvsProgram): string {
  const inet = family === 'IPv6' ? 'inet6' : 'inet';
  const lines = [...sets].flatMap(([name, { type, entries }]) => {
    const size = type === 'bitmap:port' ? 'range 0-65535' : `family ${inet} hashsize 1024 maxelem 65536`;
    return [`create ${name} ${type} ${size}\n`, ...[...entries].map((entry) => `add ${name} ${entry}\n`)];
  });
  return lines.join('');
}

/** The addresses of the dummy device, as commands of `ip -batch`. */
export function boundAddressCommands({ boundAddresses }: IpvsProgram): string {
  const lines = [...boundAddresses].map((ip) => `address add ${singleAddressBlock(ip)} dev kube-ipvs0\n`);
  return `link add kube-ipvs0 type dummy\n${lines.join('')}`;
}

/** All of them, and the rules beside them, one after the other. */
export function dumpIpvs(program: IpvsProgram, header: string): string {
  return [
    `# ${header}\n# ipvsadm -Sn\n${saveVirtualServers(program)}`,
    `# ip -batch: kube-ipvs0\n${boundAddressCommands(program)}`,
    `# ipset save\n${saveIpSets(program)}`,
    saveIptables(program.rules, 'iptables-save'),
  ].join('\n');
}

const PROTOCOL_OPTIONS = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const;

function serverLines(server: VirtualServer): string[] {
  const { ip, port, protocol, scheduler, persistentSeconds, realServers } = server;
  const at = `${PROTOCOL_OPTIONS[protocol]} ${joinHostPort(ip, port)}`;
  const persistence = persistentSeconds === null ? '' : ` -p ${persistentSeconds}`;
  const flags = scheduler === 'mh' ? ' -b mh-port' : '';
  return [
    `-A ${at} -s ${scheduler}${persistence}${flags}\n`,
    ...realServers.map(({ address, weight }) => `-a ${at} -r ${address} -m -w ${weight}\n`),
  ];
}
