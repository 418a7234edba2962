import { createRequire } from 'node:module';
import { type Job, timed } from './job.ts';

/** What is used of simjs, which has no types. */
interface Request {
  done(callback: (argument: number) => void, context: object, argument: number): Request;
  cancel(): void;
}
interface Entity {
  sim: Simulation;
  setTimer(seconds: number): Request;
  useFacility(facility: object, seconds: number): Request;
}
interface Simulation {
  time(): number;
  addEntity(entity: new () => Entity): Entity;
  simulate(until: number): void;
}
interface Simjs {
  Sim: new () => Simulation;
  Entity: new () => Entity;
  Facility: new (name: string) => object;
}

/** W1, as bench/w1.ts has it, in simjs: a Facility per pod, a request per step, the timeout as a timer that is cancelled. Args: pods, requests. */
const w1: Job = ([pods, requests]) => {
  const scope = globalThis as unknown as { window: { Sim: Simjs } };
  scope.window = globalThis as unknown as typeof scope.window; // the package leaves what it has in a browser's window
  const require = createRequire(import.meta.url);
  require('simjs');
  const { Sim, Entity, Facility } = scope.window.Sim;
  const exponential = (mean: number) => -mean * Math.log(1 - Math.random());
  const servers = Array.from({ length: pods! }, (_, i) => new Facility(`pod-${i}`));
  let [sent, answered, sojourn] = [0, 0, 0];

  class Clients extends Entity {
    start() {
      this.send();
    }
    send() {
      const sentAt = this.sim.time();
      const timeout = this.setTimer(1).done(() => {}, this, 0);
      const pod = servers[Math.floor(Math.random() * pods!)]!;
      const answer = () => {
        timeout.cancel();
        sojourn += this.sim.time() - sentAt;
        answered++;
      };
      const back = () => this.setTimer(0.00025).done(answer, this, 0);
      const serve = () => this.useFacility(pod, exponential(0.001)).done(back, this, 0);
      this.setTimer(0.00025).done(serve, this, 0);
      if (++sent < requests!) this.setTimer(exponential(1 / (700 * pods!))).done(this.send, this, 0);
    }
  }
  const sim = new Sim();
  sim.addEntity(Clients);
  const seconds = timed(() => sim.simulate(1e9));
  return { seconds, count: answered, notes: { meanMs: (1000 * sojourn) / answered } };
};

export const jobs: Record<string, Job> = { 'w1-simjs': w1 };
