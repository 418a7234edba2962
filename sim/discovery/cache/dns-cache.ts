import type { DNSAnswer, DNSServer, RecordType } from '../message.ts';
import { absolute } from '../names.ts';
import type { CachePolicy } from './policies.ts';

const SECOND = 1e9;

interface Entry {
  answer: DNSAnswer;
  storedAt: number;
  expiresAt: number;
}

/**
 * Remembers a server's answers as long as its policy says. Caches stand behind each other: each is a server.
 * @simplifies it never throws an answer out for lack of room; failures (SERVFAIL, REFUSED) are not kept
 */
export class DNSCache implements DNSServer {
  readonly #server: DNSServer;
  readonly #policy: CachePolicy;
  readonly #clock: Float64Array;
  readonly #entries = new Map<string, Entry>();

  /** @param clock [0] is now, ns */
  constructor(server: DNSServer, policy: CachePolicy, clock: Float64Array) {
    this.#server = server;
    this.#policy = policy;
    this.#clock = clock;
  }

  answer(name: string, type: RecordType): DNSAnswer {
    const now = this.#clock[0]!;
    const key = `${absolute(name).toLowerCase()} ${type}`;
    const known = this.#entries.get(key);
    if (known !== undefined && now < known.expiresAt) return this.#aged(known, now);
    const answer = this.#server.answer(name, type);
    const seconds = this.#keeps(answer);
    if (seconds <= 0) return answer;
    const entry = { answer, storedAt: now, expiresAt: now + seconds * SECOND };
    this.#entries.set(key, entry);
    return this.#policy.passesTTL ? withTTL(answer, seconds) : answer;
  }

  /** Seconds. */
  #keeps({ rcode, answers, authoritySOA }: DNSAnswer): number {
    if (rcode === 'NOERROR' && answers.length > 0)
      return this.#policy.positive(Math.min(...answers.map(({ ttl }) => ttl)));
    if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return 0;
    return this.#policy.negative(authoritySOA === null ? 0 : Math.min(authoritySOA.ttl, authoritySOA.minimum));
  }

  #aged({ answer, storedAt, expiresAt }: Entry, now: number): DNSAnswer {
    const why = `from a cache, ${Math.floor((now - storedAt) / SECOND)} s old`;
    if (!this.#policy.passesTTL) return { ...answer, why };
    return { ...withTTL(answer, Math.ceil((expiresAt - now) / SECOND)), why };
  }
}

/** With what is left of its life, so that who stands behind does not keep it longer. */
function withTTL(answer: DNSAnswer, ttl: number): DNSAnswer {
  const { answers, additionals, authoritySOA } = answer;
  return {
    ...answer,
    answers: answers.map((record) => ({ ...record, ttl })),
    additionals: additionals.map((record) => ({ ...record, ttl })),
    authoritySOA: authoritySOA === null ? null : { ...authoritySOA, ttl },
  };
}
