import { printableJson } from '../../config/printable.ts';
import { recordAt } from '../../connector/headers-column.ts';
import type { CommandInput } from '../cli/commands.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { print, printBytes } from '../cli/output.ts';
import { misuse } from '../cli/parse.ts';
import { isText } from './bytes.ts';
import { type Ground, openGround } from './ground.ts';
import { type Letter, placeOf, readLetter } from './letter.ts';
import { lookOf } from './list.ts';
import { type Range, type Reading, withReading } from './reading.ts';
import { letterJson, renderLetter } from './render.ts';

interface Place {
  /** Null where it does not say. */
  readonly topic: string | null;
  readonly partition: number;
  readonly offset: number;
}

/** `tailrace dlq show`: one record of a dead letter topic. */
export async function runDlqShow(input: CommandInput<'dlq show'>, host: Host): Promise<number> {
  const place = parsePlace(input.arguments[0]!);
  if (place === null) {
    host.complain(misuse('the first argument is PARTITION:OFFSET, or TOPIC-PARTITION-OFFSET', 'dlq show'));
    return EXIT.USAGE;
  }
  const { options } = input;
  const topic = options.topic ?? place.topic;
  const ground = openGround('dlq show', input.arguments.slice(1), { ...options, topic }, host);
  if (typeof ground === 'number') return ground;
  if (place.topic !== null && place.topic !== ground.topic) {
    host.complain(misuse('--topic is another topic than that of the first argument', 'dlq show'));
    return EXIT.USAGE;
  }
  const positions = { partitions: [place.partition], from: null, to: null };
  return withReading(ground, positions, null, reading => show(reading, place, ground, options));
}

/** `0:17`, or `orders-dlq-0-17`; null where it is none. */
export function parsePlace(text: string): Place | null {
  const match = /^(?:(\d{1,10}):|(.+)-(\d{1,10})-)(\d{1,16})$/.exec(text);
  if (match === null) return null;
  const [, partition, topic, other, offset] = match;
  return { topic: topic ?? null, partition: Number(partition ?? other), offset: Number(offset) };
}

async function show(
  reading: Reading,
  place: Place,
  ground: Ground,
  { raw, json }: CommandInput<'dlq show'>['options'],
): Promise<number> {
  const { host, shown, masking } = ground;
  const range = reading.ranges[0]!;
  const letter = await find(reading, range, place.offset);
  if (letter?.record.offset !== place.offset) {
    host.complain(`${absence(range, place, letter === null ? null : shown(placeOf(letter)))}\n`);
    return EXIT.REFUSED;
  }
  if (raw === null) {
    const text = json ? masking.mask(`${printableJson(letterJson(letter))}\n`) : renderLetter(letter, lookOf(ground));
    await print(text, host);
    return EXIT.CLEAN;
  }
  const bytes = letter.record[raw];
  if (bytes === null) {
    host.complain(`The ${raw} is null\n`);
    return EXIT.REFUSED;
  }
  if (host.terminal && !isText(bytes)) {
    host.complain(`The ${raw} is no text that a terminal may show: redirect it into a file\n`);
    return EXIT.REFUSED;
  }
  await printBytes(bytes, host);
  return EXIT.CLEAN;
}

/** The record there, or the next one where there is none. */
async function find(reading: Reading, range: Range, offset: number): Promise<Letter | null> {
  if (offset < range.low || offset >= range.high) return null;
  for await (const block of reading.blocks([{ ...range, from: offset }])) {
    return readLetter(recordAt(block, block.runs[0]!, 0));
  }
  return null;
}

function absence({ low, high }: Range, { partition, offset }: Place, next: string | null): string {
  if (low === high) return `Partition ${partition} is empty`;
  if (offset < low) return `Partition ${partition} begins at ${low}: what stood before it was deleted`;
  if (offset >= high) return `Partition ${partition} ends before ${high}`;
  const what = 'It was compacted away, or is no record but a mark of a transaction';
  return `There is no record at ${partition}:${offset}. ${what}${next === null ? '' : `; the next one is ${next}`}`;
}
