import type { Clock } from '../../../connector/ports.ts';

/** Wrong passwords of one peer before it has to wait; people mistype. */
const FREE = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A peer that was quiet for so long begins anew, milliseconds. */
const FORGOTTEN_MS = 600_000;
/** Peers that are remembered; an address costs an attacker more than an entry costs us. */
const MOST_PEERS = 10_000;

interface Peer {
  readonly wrong: number;
  readonly at: number;
}

/**
 * Who guesses passwords waits, twice as long each time. By the peer's address: what it says of itself is not believed. A guess counts when it
 * begins, or many at a time would be one.
 */
export class Guesses {
  readonly #clock: Clock;
  /** In the order of their last guess. */
  readonly #peers = new Map<string, Peer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that this peer still has to wait; 0: it may try. */
  waitOf(address: string): number {
    const peer = this.#peers.get(networkOf(address));
    if (peer === undefined || peer.wrong < FREE) return 0;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (peer.wrong - FREE), LONGEST_WAIT_MS);
    return Math.max(0, peer.at + wait - this.#clock.now());
  }

  /** A guess begins. */
  begin(address: string): void {
    const now = this.#clock.now();
    const network = networkOf(address);
    const before = this.#peers.get(network);
    const count = before === undefined || now - before.at > FORGOTTEN_MS ? 0 : before.wrong;
    this.#peers.delete(network);
    this.#peers.set(network, { wrong: count + 1, at: now });
    if (this.#peers.size > MOST_PEERS) this.#peers.delete(this.#peers.keys().next().value!);
  }

  /** It was none. */
  right(address: string): void {
    this.#peers.delete(networkOf(address));
  }
}

/** Whoever has one IPv6 address has all of its network. */
function networkOf(address: string): string {
  if (address.includes('.')) return address.replace(/^.*:/, '');
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const first = head.split(':');
  const zeros = tail === undefined ? 0 : 8 - first.length - tail.split(':').length;
  return [...first, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...(tail ?? '').split(':')].slice(0, 4).join(':');
}
