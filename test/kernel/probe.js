import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// Reads requests (see ProbeRequest in lab.ts) from standard input, writes what became of each connection.
function probe({ from, host, port, timeout }) {
  const start = performance.now();
  return new Promise((resolve) => {
    let answer = '';
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      const [server = null, seen = null] = answer === '' ? [] : answer.split(' ');
      resolve({ outcome, server, seen, took: performance.now() - start });
    };
    const socket = connect({ host, port, localAddress: from });
    const timer = setTimeout(() => end('timeout'), timeout);
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.on('error', (error) => end(error.code)).on('end', () => end('ok'));
  });
}

async function all(request) {
  const { count, every } = request;
  if (every === undefined) {
    // The first is waited for, so that affinity is settled before the others come.
    const results = [await probe(request)];
    for (let made = 0; made < count; made += 50) {
      results.push(...(await Promise.all(Array.from({ length: Math.min(50, count - made) }, () => probe(request)))));
    }
    return results;
  }
  const pending = [];
  for (let i = 0; i < count; i++) {
    pending.push(probe(request));
    await sleep(every);
  }
  return Promise.all(pending);
}

let input = '';
for await (const chunk of process.stdin.setEncoding('utf8')) input += chunk;
const requests = JSON.parse(input);
const results = new Array(requests.length);
const names = [...new Set(requests.map(({ group }) => group))];
const groups = names.map((name) => [...requests.keys()].filter((i) => requests[i].group === name));
const worker = async () => {
  for (let group = groups.pop(); group !== undefined; group = groups.pop()) {
    for (const i of group) results[i] = await all(requests[i]);
  }
};
await Promise.all(Array.from({ length: 16 }, worker));
process.stdout.write(JSON.stringify(results));
