import { hash32 } from './hash-32.ts';
import { MAGLEV_SIZE, maglevSlot, maglevTable } from './maglev-hash.ts';
import type { Destination, ScheduleRequest, Scheduler } from './scheduler.ts';

const BUCKET_BITS = 8;
const BUCKETS = 1 << BUCKET_BITS;

/** A table that is filled anew when the destinations change. */
abstract class TableScheduler implements Scheduler {
  #list: readonly Destination[] | null = null;
  #table = new Int16Array(0);

  pick(destinations: readonly Destination[], request: ScheduleRequest): number {
    if (destinations !== this.#list) {
      this.#list = destinations;
      this.#table = this.fill(destinations);
    }
    if (destinations.length === 0) return -1;
    const index = this.#table[this.slot(request)]!;
    // Without a fallback flag, an unavailable one is not replaced by the next.
    return index >= 0 && destinations[index]!.weight > 0 ? index : -1;
  }

  protected abstract fill(destinations: readonly Destination[]): Int16Array<ArrayBuffer>;
  protected abstract slot(request: ScheduleRequest): number;
}

/** sh: by the source address; each destination has buckets by its weight. @source linux net/netfilter/ipvs/ip_vs_sh.c */
export class SourceHashing extends TableScheduler {
  protected fill(destinations: readonly Destination[]): Int16Array<ArrayBuffer> {
    return fillInTurn(destinations.flatMap(({ weight }, i) => new Array<number>(Math.max(weight, 0)).fill(i)));
  }

  protected slot({ source }: ScheduleRequest): number {
    return hash32(source, BUCKET_BITS);
  }
}

/** dh: by the virtual address, so one server for a whole Service. @source linux net/netfilter/ipvs/ip_vs_dh.c */
export class DestinationHashing extends TableScheduler {
  protected fill(destinations: readonly Destination[]): Int16Array<ArrayBuffer> {
    return fillInTurn([...destinations.keys()]);
  }

  protected slot({ destination }: ScheduleRequest): number {
    return hash32(destination, BUCKET_BITS);
  }
}

/** mh: Maglev, by the source address and, as kube-proxy sets it up, port. @source linux net/netfilter/ipvs/ip_vs_mh.c */
export class MaglevHashing extends TableScheduler {
  readonly #withPort: boolean;

  constructor(withPort: boolean) {
    super();
    this.#withPort = withPort;
  }

  protected fill(destinations: readonly Destination[]): Int16Array<ArrayBuffer> {
    return maglevTable(destinations);
  }

  protected slot({ source, sourcePort }: ScheduleRequest): number {
    return maglevSlot(source, this.#withPort ? sourcePort : 0) % MAGLEV_SIZE;
  }
}

function fillInTurn(turns: readonly number[]): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: BUCKETS }, (_, bucket) => turns[bucket % turns.length] ?? -1);
}
