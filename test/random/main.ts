/** `npm run random -- --count 1000 --seed 1`: random worlds, each of its own seed, in threads that are given up when they hang. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { type Checked, checkWorld } from './check-world.ts';

/** A world takes tenths of a second. */
const MOST_SECONDS = 120;

interface Answer {
  seed: number;
  checked?: Checked;
  fault?: string;
}

if (isMainThread) await main();
else parentPort!.on('message', (seed: number) => parentPort!.postMessage(answerOf(seed)));

function answerOf(seed: number): Answer {
  try {
    return { seed, checked: checkWorld(seed) };
  } catch (error) {
    return { seed, fault: (error as Error).stack ?? String(error) };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      threads: { type: 'string', default: String(Math.min(2, availableParallelism())) },
    },
  });
  const [count, first, threads] = [Number(values.count), Number(values.seed), Number(values.threads)];
  console.log(`${count} random worlds, seeds ${first} to ${first + count - 1}`);
  const faults: number[] = [];
  let [next, attempts, events, idle] = [first, 0, 0, 0];
  const take = () => (next < first + count ? next++ : undefined);
  const told = ({ seed, checked, fault }: Answer) => {
    attempts += checked?.attempts ?? 0;
    events += checked?.events ?? 0;
    if (checked?.attempts === 0) idle++;
    if (fault === undefined) return;
    faults.push(seed);
    console.log(`seed ${seed}: ${fault}`);
  };
  await Promise.all(Array.from({ length: threads }, () => runThread(take, told)));
  console.log(`${attempts} attempts, ${events} events; ${idle} worlds without any attempt`);
  console.log(faults.length === 0 ? 'no world failed' : `${faults.length} failed: ${faults.join(', ')}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

/** One thread after the other takes seeds until there is none; a thread that hangs is followed by a new one. */
async function runThread(take: () => number | undefined, told: (answer: Answer) => void): Promise<void> {
  let worker = new Worker(new URL(import.meta.url));
  for (let seed = take(); seed !== undefined; seed = take()) {
    const answer = await ask(worker, seed);
    if (answer === null) {
      told({ seed, fault: `no end within ${MOST_SECONDS} s` });
      await worker.terminate();
      worker = new Worker(new URL(import.meta.url));
    } else told(answer);
  }
  await worker.terminate();
}

function ask(worker: Worker, seed: number): Promise<Answer | null> {
  return new Promise((resolve) => {
    const end = (answer: Answer | null) => {
      clearTimeout(timer);
      worker.off('message', end).off('error', fail);
      resolve(answer);
    };
    const fail = (error: Error) => end({ seed, fault: error.stack ?? String(error) });
    const timer = setTimeout(() => end(null), MOST_SECONDS * 1000);
    worker.on('message', end).on('error', fail);
    worker.postMessage(seed);
  });
}
