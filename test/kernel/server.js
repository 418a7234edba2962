import { createServer } from 'node:net';

// Tells each connection which address and port took it, and whom that saw. Ends when its standard input does.
const ports = process.argv[2].split(',').map(Number);
const plain = (address) => address.replace('::ffff:', '');
const answer = (socket) => {
  socket.on('error', () => {});
  socket.end(`${plain(socket.localAddress)}:${socket.localPort} ${plain(socket.remoteAddress)}`);
};
await Promise.all(
  ports.map((port) => new Promise((resolve) => createServer(answer).listen(port, '0.0.0.0', 4096, resolve))),
);
process.stdout.write('ready');
process.stdin.on('close', () => process.exit(0)).resume();
