import type { ConnectorConfig } from '../../config/types.ts';
import type { Process } from './books.ts';
import type { Host } from './host.ts';
import type { PartitionLog } from './log.ts';
import { Violation } from './violation.ts';

/** Of the budget, less than this is held when nothing may be paused any more: half of it, with room for what we count otherwise. */
const LITTLE = 1 / 8;
/** So long may everything stay paused nevertheless: a revoke under way, a read that waits. */
const STARVED_MS = 15_000;
/** A partition that has brought nothing for this long may be asked about, and the question may take so long. */
const SILENT_MS = 29_000;
const QUESTION_MS = 6_000;
/** With an error of a fetch, one that has brought nothing for this long may be asked about, for so long. */
const SEARCHED_MS = 4_900;
const SEARCH_MS = 75_000;

interface Heard {
  last: number;
  /** When the last long silence ended. */
  silentUntil: number;
}

/** What one process reads, and what it leaves: not more than the budget, not less than it may, and no false alarm. */
export class Appetite {
  readonly #host: Host;
  readonly #config: ConnectorConfig;
  readonly #process: Process;
  readonly #heard = new Map<PartitionLog, Heard>();
  #largestBlock = 0;
  #starvedSince: number | null = null;
  #thawedAt = 0;
  #faultTold = Number.NEGATIVE_INFINITY;

  constructor(host: Host, config: ConnectorConfig, process: Process) {
    this.#host = host;
    this.#config = config;
    this.#process = process;
  }

  /** What may be held. The budget is looked at before each read, and the next read starts before the last block is counted. */
  get room(): number {
    return this.#config.delivery.bufferMaxBytes + this.slack;
  }

  /** What two reads bring before the first of them is counted. */
  get slack(): number {
    return 2 * this.#largestBlock;
  }

  thawed(): void {
    this.#thawedAt = this.#host.now;
  }

  /** The task has been told of an error of a fetch. */
  faultTold(): void {
    this.#faultTold = this.#host.now;
  }

  assigned(log: PartitionLog): void {
    this.#heard.set(log, { last: this.#host.now, silentUntil: Number.NEGATIVE_INFINITY });
  }

  /** @throws Violation when more is held than allowed. */
  blockRead(logs: Iterable<PartitionLog>, bytes: number): void {
    // A derived block holds what was read beside what is sent.
    const { transforms, http } = this.#config;
    const derives = transforms.length > 0 || http.route !== null;
    this.#largestBlock = Math.max(this.#largestBlock, derives ? 3 * bytes : bytes);
    for (const log of logs) {
      const heard = this.#heard.get(log);
      // Of another topic than the one that was assigned.
      if (heard === undefined) continue;
      this.#endSilence(heard);
      heard.last = this.#host.now;
    }
    const { heldBytes, blocks, name, epochs } = this.#process;
    if (heldBytes <= this.room) return;
    // What the task had of a topic that is gone, it may have let go already.
    for (const { log } of epochs.values()) if (log.gone) return;
    const least = [...blocks].reduce((sum, block) => sum + block.atLeast(this.#host.now), 0);
    if (least > this.room)
      throw new Violation('I11', `${name} reads on with ${least} bytes held, ${this.room} are allowed`);
  }

  paused(log: PartitionLog): void {
    this.#endSilence(this.#heard.get(log)!);
  }

  resumed(log: PartitionLog): void {
    this.#heard.get(log)!.last = this.#host.now;
  }

  /** The task says that a partition's records do not come. @throws Violation when it had no time to bring them. */
  stalled(log: PartitionLog): void {
    const { now } = this.#host;
    const heard = this.#heard.get(log);
    if (heard === undefined || now - this.#thawedAt < QUESTION_MS) return;
    const silent = now - heard.last;
    if (silent >= SEARCHED_MS && now - this.#faultTold < SEARCH_MS) return;
    if (silent >= SILENT_MS || now - heard.silentUntil < QUESTION_MS) return;
    throw new Violation(
      'I22',
      `${this.#process.name} takes ${log.topic}-${log.partition} for stalled after ${Math.round(silent)} ms`,
    );
  }

  /** I23. @param allPaused the client was told to bring nothing of any of its partitions */
  checkStarved(allPaused: boolean): void {
    const { heldBytes, ending, pausedAt, strayLetters, name } = this.#process;
    const { now, frozen } = this.#host;
    // A dead letter on its way keeps its block, also when its partition has gone meanwhile.
    const little = heldBytes <= this.#config.delivery.bufferMaxBytes * LITTLE && strayLetters.size === 0;
    const may = !ending && pausedAt === null && !frozen && little;
    if (!allPaused || !may) {
      this.#starvedSince = null;
      return;
    }
    this.#starvedSince = Math.max(this.#starvedSince ?? now, this.#thawedAt);
    if (now - this.#starvedSince <= STARVED_MS) return;
    throw new Violation('I23', `${name} keeps all partitions paused for ${heldBytes} bytes`);
  }

  #endSilence(heard: Heard): void {
    if (this.#host.now - heard.last >= SILENT_MS) heard.silentUntil = this.#host.now;
  }
}
