import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readTrace } from '../trace/reader.ts';
import { TraceError } from '../trace/trace-error.ts';
import { type ViewerAssets, viewerPage } from './view-page.ts';
import { serveViewer, TRACE_PATH } from './view-server.ts';

interface ViewOptions {
  readonly port: string;
  readonly open: boolean;
  readonly html?: string;
}

/** `svclab view TRACE`: shows a trace in the browser, or writes the page that does. */
export function viewCommand(program: Command): void {
  program
    .command('view')
    .description('replay a trace in the browser')
    .argument('<trace>', 'a trace that "svclab run" has written (.svt)')
    .option('--port <number>', 'port of the local server; 0: any that is free', '0')
    .option('--no-open', 'print the address, but open no browser')
    .option('--html <file>', 'write one page with the trace inside instead, which needs no server and no network')
    .action(async (file: string, options: ViewOptions, command: Command) => {
      const port = Number(options.port);
      if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        return refuse(command, `--port ${options.port}: a port is a whole number from 0 to 65535`);
      }
      const trace = readTraceFile(file, command);
      const assets = viewerAssets(command);
      if (options.html !== undefined) return writePage(options.html, viewerPage(assets, trace), command);
      try {
        const { url } = await serveViewer(viewerPage(assets, TRACE_PATH), trace, port);
        console.log(`${file}: ${url}   (Ctrl-C ends)`);
        if (options.open) openBrowser(url);
      } catch (error) {
        const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
        const why = taken ? 'it is taken; without --port a free one is found' : (error as Error).message;
        refuse(command, `--port ${options.port}: ${why}`);
      }
    });
}

/** Reads the file and checks it; one that is cut or damaged is shown as far as it is whole, and said so. */
function readTraceFile(file: string, command: Command): Uint8Array {
  try {
    const bytes = readFileSync(file);
    const { problem } = readTrace(bytes).tables;
    if (problem !== '') process.stderr.write(`warning: ${file}: ${problem}; what is whole is shown\n`);
    return bytes;
  } catch (error) {
    if (error instanceof TraceError) return refuse(command, `${file}: ${error.message}`);
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return refuse(command, `${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
  }
}

/** The viewer that the build has put beside the program. */
function viewerAssets(command: Command): ViewerAssets {
  const read = (name: string) => readFileSync(new URL(`../viz/${name}`, import.meta.url), 'utf8');
  try {
    return { script: read('app.js'), style: read('app.css') };
  } catch {
    return refuse(command, 'the viewer is not built: run "npm run build"');
  }
}

function writePage(file: string, page: string, command: Command): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    refuse(command, `--html ${file}: ${(error as Error).message}`);
  }
  console.log(`${file}: ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB, opens in any browser`);
}

function openBrowser(url: string): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const browser = spawn(opener, [url], { stdio: 'ignore', detached: true });
  browser.on('error', () => {}); // the address is printed: whoever has no opener opens it by hand
  browser.unref();
}

function refuse(command: Command, message: string): never {
  return command.error(`svclab view: ${message}`, { exitCode: 2 });
}
