import { printableJson } from '../../config/printable.ts';
import { createTopicTest } from '../../connector/route/topic-choice.ts';
import type { CommandInput } from '../cli/commands.ts';
import { confirm } from '../cli/confirm.ts';
import { EXIT, SIGNAL_BASE } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { print } from '../cli/output.ts';
import { misuse } from '../cli/parse.ts';
import { createProgress, type Progress } from '../cli/progress.ts';
import { chosenAddon, unusable } from '../kafka/reader/choose.ts';
import { type Belonging, createBelonging } from './belonging.ts';
import { whereIs } from './causes.ts';
import { openEndpointTarget, openOriginTarget } from './create-target.ts';
import { createMatch, type LetterFilter } from './filter.ts';
import { type Ground, openGround } from './ground.ts';
import { groupNameOf } from './group-name.ts';
import type { Letter } from './letter.ts';
import { filterOf } from './list.ts';
import { Places } from './places.ts';
import { isTold, type Range, type Reading, total, withReading } from './reading.ts';
import { count } from './render.ts';
import { Replay, type Tally } from './replay.ts';
import { type Ending, endingJson, renderEnding, renderStart, renderSurvey } from './replay-texts.ts';
import { survey } from './survey.ts';
import { type Outcome, ReplayError, type Target } from './target.ts';

type Options = CommandInput<'dlq replay'>['options'];

/** Letters that were not replayed and are told one by one. */
const MOST_TOLD = 20;

/** `tailrace dlq replay`: writes dead letters to their origin again, or sends them to the endpoint. */
export async function runDlqReplay(input: CommandInput<'dlq replay'>, host: Host): Promise<number> {
  const { options } = input;
  const onlyToOrigin = options.samePartition
    ? '--same-partition'
    : options.originTopic === null
      ? null
      : '--origin-topic';
  if (options.to === 'endpoint' && onlyToOrigin !== null) {
    host.complain(misuse(`${onlyToOrigin} goes with --to origin`, 'dlq replay'));
    return EXIT.USAGE;
  }
  const ground = openGround('dlq replay', input.arguments, input.options, host);
  if (typeof ground === 'number') return ground;
  const { connector, worker, topic } = ground;
  if (options.originTopic !== null && !createTopicTest(connector)(options.originTopic)) {
    host.complain(misuse('--origin-topic is a topic that the connector reads', 'dlq replay'));
    return EXIT.USAGE;
  }
  if (!options.dryRun && chosenAddon(worker.reader) === null) {
    host.complain(`Nothing was done: ${unusable(worker.reader)}\n`);
    return EXIT.REFUSED;
  }
  const filter = { ...filterOf(options), connector: options.anyConnector ? null : connector.name };
  const { to: target, samePartition, originTopic } = options;
  const identity = { topic, connector: connector.name, target, samePartition, originTopic, filter };
  const group = options.group ?? groupNameOf(identity);
  const interruption = new Interruption(host);
  const code = await withReading(ground, filter, group, reading =>
    new Command(ground, options, filter, group, reading, interruption).run(),
  );
  return interruption.code ?? code;
}

/** Signals: before letters go anywhere they end the program; then the first lets what is under way end, the second nothing. */
class Interruption {
  readonly stop = new AbortController();
  readonly abort = new AbortController();
  #replaying = false;
  #code: number | null = null;

  constructor(host: Host) {
    host.onSignal((name, number) => {
      if (!this.#replaying || this.abort.signal.aborted) host.exit(SIGNAL_BASE + number);
      if (this.stop.signal.aborted) {
        this.#code = SIGNAL_BASE + number;
        host.complain(`${name} again: waiting for nothing more\n`);
        this.abort.abort();
      } else {
        host.complain(`${name}: ending what is under way; once more, and nothing is waited for\n`);
        this.stop.abort();
      }
    });
  }

  begin(): void {
    this.#replaying = true;
  }

  /** Null: no second signal came. */
  get code(): number | null {
    return this.#code;
  }
}

class Command {
  readonly #ground: Ground;
  readonly #options: Options;
  readonly #group: string;
  readonly #reading: Reading;
  readonly #interruption: Interruption;
  readonly #belonging: Belonging;
  readonly #matches: (letter: Letter) => boolean;
  readonly #places: Places;
  readonly #progress: Progress;
  #left = 0;

  constructor(
    ground: Ground,
    options: Options,
    filter: LetterFilter,
    group: string,
    reading: Reading,
    interruption: Interruption,
  ) {
    this.#ground = ground;
    this.#options = options;
    this.#group = group;
    this.#reading = reading;
    this.#interruption = interruption;
    this.#belonging = createBelonging(ground.connector, options.originTopic);
    this.#matches = createMatch(filter);
    this.#places = new Places(reading.inquiry, ground.topic, reading.topicId);
    this.#progress = createProgress(ground.host);
  }

  async run(): Promise<number> {
    const { host } = this.#ground;
    const { dryRun, yes } = this.#options;
    const { ranges, known } = await this.#places.goOn(this.#reading.ranges);
    host.complain(renderStart(this.#about(), ranges, known));
    if (dryRun || !yes) {
      const found = await this.#survey(ranges);
      if (dryRun) {
        const json = { topic: this.#ground.topic, target: this.#options.to, group: this.#group };
        const counts = {
          ...found,
          topics: Object.fromEntries(found.topics),
          misplaced: Object.fromEntries(found.misplaced),
        };
        await this.#print({ ...json, ...counts }, renderSurvey(found, this.#about()));
        return EXIT.CLEAN;
      }
      host.complain(renderSurvey(found, this.#about()));
      if (found.matched > 0 && !(await confirm(this.#question(found.placed), false, host))) return EXIT.REFUSED;
    }
    return this.#replay(ranges);
  }

  #about() {
    const { topic, connector, shown } = this.#ground;
    return { topic, connector: connector.name, target: this.#options.to, group: this.#group, shown };
  }

  #question(amount: number): string {
    const { connector, shown } = this.#ground;
    const what = amount === 1 ? 'this one' : `these ${count(amount)}`;
    return this.#options.to === 'origin'
      ? `Write ${what} to where they came from`
      : `Send ${what} to the endpoint of ${shown(connector.name)}`;
  }

  async #survey(ranges: readonly Range[]) {
    const all = total(ranges);
    const { limit } = this.#options;
    const show = (read: number): void =>
      this.#progress.show(all === 0 ? null : read / all, `${read} dead letters read`);
    const found = await survey(this.#reading.blocks(ranges), this.#matches, this.#belonging, limit, show);
    this.#progress.clear();
    return found;
  }

  async #replay(ranges: readonly Range[]): Promise<number> {
    const { topic, host, shown } = this.#ground;
    const { stop, abort } = this.#interruption;
    this.#interruption.begin();
    const target = await this.#open(stop.signal).catch((error: unknown) => {
      if (error !== stop.signal.reason) throw error;
      return null;
    });
    if (target === null) return EXIT.UNFINISHED;
    const all = total(ranges);
    const replay = new Replay({
      blocks: this.#reading.blocks(ranges, stop.signal),
      topic,
      starts: new Map(ranges.map(({ partition, from }) => [partition, from])),
      matches: this.#matches,
      target,
      commit: offsets => this.#places.keep(offsets),
      limit: this.#options.limit,
      clock: host.clock,
      stop: stop.signal,
      abort: abort.signal,
      onLeft: (letter, outcome) => this.#tellLeft(letter, outcome),
      onProgress: ({ read, replayed }) =>
        this.#progress.show(all === 0 ? null : read / all, `${replayed} replayed, ${read} read`),
    });
    let failure: string | null = null;
    try {
      await replay.run();
    } catch (error) {
      if (!(error instanceof ReplayError || isTold(error))) throw error;
      failure = error.message;
    } finally {
      this.#progress.clear();
      await target.close();
    }
    if (failure !== null) host.complain(`It can't go on: ${shown(failure)}\n`);
    const { tally } = replay;
    const finished = failure === null && !replay.unfinished;
    const ending: Ending = { ...this.#about(), tally, finished, places: this.#places.kept };
    await this.#print(endingJson(ending), renderEnding(ending));
    return this.#codeOf(tally, failure !== null || stop.signal.aborted);
  }

  /** What was not replayed, or could not go on, is no success; a limit that came first is one. */
  #codeOf({ refused, misplaced }: Tally, cut: boolean): number {
    return cut || refused + misplaced > 0 ? EXIT.UNFINISHED : EXIT.CLEAN;
  }

  /** @throws the signal's reason */
  async #open(signal: AbortSignal): Promise<Target> {
    const belonging = this.#belonging;
    if (this.#options.to === 'endpoint') return openEndpointTarget(this.#ground, belonging);
    const { originTopic, samePartition } = this.#options;
    const partitionCount = async (topic: string): Promise<number> =>
      (await this.#reading.inquiry.topics([topic]))[0]?.partitions.length ?? 0;
    return openOriginTarget(this.#ground, { belonging, originTopic, samePartition, partitionCount }, signal);
  }

  #tellLeft(letter: Letter, outcome: Outcome): void {
    if (outcome.kind !== 'refused' && outcome.kind !== 'misplaced') return;
    this.#left += 1;
    if (this.#left > MOST_TOLD + 1) return;
    this.#progress.clear();
    const { host, shown } = this.#ground;
    const what = outcome.kind === 'refused' ? 'refused' : 'belongs nowhere';
    const text =
      this.#left > MOST_TOLD ? 'Further ones are counted' : shown(`${whereIs(letter)} ${what}: ${outcome.reason}`);
    host.complain(`${text}\n`);
  }

  async #print(json: object, text: string): Promise<void> {
    const { host, masking } = this.#ground;
    await print(this.#options.json ? masking.mask(`${printableJson(json)}\n`) : text, host);
  }
}
