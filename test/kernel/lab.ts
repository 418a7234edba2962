import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A node, its Pods, and the world around it as network namespaces of this process alone, always removed at its end:
 *
 *     client Pod 10.244.0.2 ─┐                    ┌─ other Pods 10.244.1.x, 10.244.2.x
 *                            ├── node 192.168.0.2 ┤
 *     outside 203.0.113.2 ───┘                    └─ sink: the default route, where nobody answers
 *
 * Nothing in it has a way to any other network.
 */
export class Lab {
  readonly #prefix = `svclab-${process.pid}`;
  readonly #servers: ChildProcess[] = [];

  constructor() {
    process.once('exit', this.#remove);
    try {
      this.#create();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    process.off('exit', this.#remove);
    this.#remove();
  }

  /** Runs a command in a namespace. @throws Error with what it wrote to stderr */
  run(place: Place, command: readonly string[], input = ''): string {
    return execFileSync('ip', ['netns', 'exec', this.#name(place), ...command], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Sets kernel parameters of every namespace; those that this kernel does not know are left out. */
  setEverywhere(parameters: Readonly<Record<string, string | number>>): void {
    for (const place of PLACES) {
      const settings = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
      spawnSync('ip', ['netns', 'exec', this.#name(place), 'sysctl', '-qe', '-w', ...settings]);
    }
  }

  /** Starts echo servers: each connection is told who answered and whom that saw. */
  async serve(ports: readonly number[]): Promise<void> {
    for (const place of ['pods', 'client'] as const) {
      const script = fileURLToPath(new URL('server.js', import.meta.url));
      const server = spawn('ip', ['netns', 'exec', this.#name(place), process.execPath, script, ports.join(',')], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      this.#servers.push(server);
      await new Promise((resolve) => server.stdout!.once('data', resolve));
    }
  }

  /** Makes connections from a namespace, those of one batch at the same time. */
  async probe(place: Place, requests: readonly ProbeRequest[]): Promise<ProbeResult[][]> {
    const script = fileURLToPath(new URL('probe.js', import.meta.url));
    const child = spawn('ip', ['netns', 'exec', this.#name(place), process.execPath, script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify(requests));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await new Promise((resolve) => child.once('close', resolve));
    return JSON.parse(output) as ProbeResult[][];
  }

  readonly #remove = () => {
    for (const server of this.#servers) server.stdin?.end();
    for (const place of PLACES) spawnSync('ip', ['netns', 'del', this.#name(place)]);
  };

  #create(): void {
    for (const place of PLACES) execFileSync('ip', ['netns', 'add', this.#name(place)]);
    for (const place of PLACES) this.run(place, ['ip', 'link', 'set', 'lo', 'up']);
    for (const ip of NODE_IPS) this.run('node', ['ip', 'address', 'add', `${ip}/32`, 'dev', 'lo']);
    this.#connect('client', ['10.244.0.2/24'], ['10.244.0.1/24']);
    this.#connect('outside', ['203.0.113.2/24'], ['203.0.113.1/24']);
    const pods = [1, 2].flatMap((subnet) => HOST_PARTS.map((host) => `10.244.${subnet}.${host}/24`));
    this.#connect('pods', pods, ['10.244.1.254/24', '10.244.2.254/24']);
    this.#connect('sink', ['198.18.0.2/24'], ['198.18.0.1/24']);
    this.run('node', ['ip', 'route', 'add', 'default', 'via', '198.18.0.2']);
    this.run('node', ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    // The sink throws away what comes, instead of saying that it has no route.
    this.run('sink', ['ip', 'route', 'add', 'blackhole', '0.0.0.0/1']);
    this.setEverywhere({
      'net.ipv4.conf.all.rp_filter': 0,
      'net.ipv4.conf.default.rp_filter': 0,
      'net.ipv4.conf.all.send_redirects': 0,
      'net.ipv4.conf.default.send_redirects': 0,
      'net.ipv4.conf.all.accept_redirects': 0,
    });
  }

  #connect(place: Place, addresses: readonly string[], nodeAddresses: readonly string[]): void {
    const [node, other] = [this.#name('node'), this.#name(place)];
    const device = `to-${place}`;
    execFileSync('ip', ['link', 'add', device, 'netns', node, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other]);
    const batch = (name: string, at: Place, list: readonly string[]) =>
      this.run(
        at,
        ['ip', '-batch', '-'],
        `${list.map((each) => `address add ${each} dev ${name}\n`).join('')}link set ${name} up\n`,
      );
    batch(device, 'node', nodeAddresses);
    batch('eth0', place, addresses);
    if (place !== 'sink') this.run(place, ['ip', 'route', 'add', 'default', 'via', nodeAddresses[0]!.split('/')[0]!]);
  }

  #name(place: Place): string {
    return `${this.#prefix}-${place}`;
  }
}

const PLACES = ['node', 'client', 'outside', 'pods', 'sink'] as const;
export type Place = (typeof PLACES)[number];

export const NODE_IPS = ['192.168.0.2', '192.168.1.2'];
/** Where packets of the client Pod, of the outside and of the node itself come from. */
export const CLIENT_IP = '10.244.0.2';
export const OUTSIDE_IP = '203.0.113.2';
/** Addresses of the node's devices: what masqueraded packets come from. */
export const MASQUERADED = new Set(['10.244.0.1', '10.244.1.254', '10.244.2.254', '203.0.113.1', '198.18.0.1']);
/** Last parts of the addresses of Pods, in two subnets. */
export const HOST_PARTS = Array.from({ length: 12 }, (_, i) => i + 1);

/** Connections from one address to another. */
export interface ProbeRequest {
  from: string;
  host: string;
  port: number;
  /** How many, after a first one that is waited for. */
  count: number;
  /** ms. */
  timeout: number;
  /** Requests of one group wait for each other, since they share affinity. */
  group: string;
  /** ms between the starts of two; absent: all at once. */
  every?: number;
}

export interface ProbeResult {
  /** `ok`, or the name of the error: `ECONNREFUSED`, `timeout`… */
  outcome: string;
  /** `ip:port` that answered. */
  server: string | null;
  /** Address that it saw. */
  seen: string | null;
  /** ms. */
  took: number;
}

/** @returns what keeps the test from running here, in words; null: nothing */
export function whatIsMissing(): string | null {
  if (process.getuid?.() !== 0) return 'it needs root, for network namespaces';
  const tools = ['ip', 'iptables-restore', 'iptables-save', 'nft', 'sysctl'];
  const paths = (process.env.PATH ?? '').split(':');
  const found = new Set(paths.flatMap((path) => listed(path)));
  const missing = tools.filter((tool) => !found.has(tool));
  if (missing.length > 0)
    return `these are not installed: ${missing.join(', ')} (Debian: iptables nftables iproute2 procps)`;
  const name = `svclab-${process.pid}-try`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return made.status === 0 ? null : `no network namespace can be made: ${made.stderr.trim()}`;
}

function listed(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
