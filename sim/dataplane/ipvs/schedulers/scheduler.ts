/** A real server as ip_vs schedules it. */
export interface Destination {
  ip: string;
  port: number;
  /** 0: no new connections. */
  weight: number;
  /** Connections that are open. */
  active: number;
  /** Connections that are closing. */
  inactive: number;
}

/** What a connection brings. */
export interface ScheduleRequest {
  /** Address, as `foldIP` folds it. u32 */
  source: number;
  sourcePort: number;
  /** The virtual address, likewise. */
  destination: number;
  /** @returns at least 0, below 1; only `twos` asks */
  random(): number;
}

/** The state of one virtual server on one node: the kernel schedules each by itself. */
export interface Scheduler {
  /**
   * @param destinations in the kernel's order, the newest first; the array is another one when they changed
   * @returns an index; -1: none is available
   */
  pick(destinations: readonly Destination[], request: ScheduleRequest): number;
}

/** An active connection weighs 256 times an inactive one. @source linux include/net/ip_vs.h ip_vs_dest_conn_overhead */
export function overhead({ active, inactive }: Destination): number {
  return active * 256 + inactive;
}
