import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where the page asks for its trace. */
export const TRACE_PATH = 'trace.svt';

/**
 * Serves the page and its trace to this machine only: on 127.0.0.1, and to no request that comes under another name, so that
 * no site in the same browser can reach it by rebinding its name.
 * @param port 0: any that is free
 * @returns the server, listening, and its address
 * @throws the system's error if the port is taken
 */
export function serveViewer(page: string, trace: Uint8Array, port: number): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const { port: own } = server.address() as AddressInfo;
    const isOurs = [`127.0.0.1:${own}`, `localhost:${own}`].includes(request.headers.host ?? '');
    const answer = (status: number, type: string, body: string | Uint8Array) => {
      response.writeHead(status, {
        'content-type': type,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (!isOurs) return answer(403, 'text/plain', 'This server answers to 127.0.0.1 only.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'GET only.\n');
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (path === '/') return answer(200, 'text/html; charset=utf-8', page);
    if (path === `/${TRACE_PATH}`) return answer(200, 'application/octet-stream', trace);
    return answer(404, 'text/plain', 'There is nothing here.\n');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    });
  });
}
