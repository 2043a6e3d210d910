import { printableJson } from '../../config/printable.ts';
import type { CommandInput } from '../cli/commands.ts';
import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import { print } from '../cli/output.ts';
import { createProgress } from '../cli/progress.ts';
import { stylesOf } from '../cli/terminal.ts';
import { Causes } from './causes.ts';
import { createMatch, type LetterFilter } from './filter.ts';
import { type Ground, openGround } from './ground.ts';
import { lettersIn, type Reading, total, withReading } from './reading.ts';
import { causesJson, type Look, renderCauses } from './render.ts';

type ListOptions = CommandInput<'dlq list'>['options'];

/** `tailrace dlq list`: what is in a dead letter topic, by cause. */
export async function runDlqList(input: CommandInput<'dlq list'>, host: Host): Promise<number> {
  const ground = openGround('dlq list', input.arguments, input.options, host);
  if (typeof ground === 'number') return ground;
  const { options } = input;
  const filter = filterOf(options);
  return withReading(ground, filter, null, async reading => {
    await list(reading, filter, ground, options.json);
    return EXIT.CLEAN;
  });
}

export function filterOf(options: Omit<ListOptions, 'json' | 'topic' | 'override'>): LetterFilter {
  const {
    cause,
    stage,
    class: className,
    partition: partitions,
    fromOffset: from,
    toOffset: to,
    since,
    until,
  } = options;
  return { cause, stage, className, connector: null, partitions, from, to, since, until };
}

export function lookOf({ masking, shown, host }: Ground): Look {
  const { mask } = masking;
  return { shown, mask, styles: stylesOf(host), width: host.terminal ? (host.size()?.columns ?? 80) : Infinity };
}

async function list(reading: Reading, filter: LetterFilter, ground: Ground, json: boolean): Promise<void> {
  const { topic, host, masking } = ground;
  const causes = new Causes(masking.mask);
  const matches = createMatch(filter);
  const progress = createProgress(host);
  const { ranges } = reading;
  const all = total(ranges);
  let read = 0;
  let matched = 0;
  for await (const block of reading.blocks(ranges)) {
    for (const letter of lettersIn(block)) {
      if (!matches(letter)) continue;
      matched += 1;
      causes.add(letter);
    }
    read += block.count;
    progress.show(all === 0 ? null : read / all, `${read} dead letters read`);
  }
  progress.clear();
  const partitions = ranges.map(({ partition, low, high }) => ({ partition, low, high }));
  const looked = { topic, partitions, read, matched };
  const report = causes.report();
  const text = json ? `${printableJson(causesJson(looked, report))}\n` : renderCauses(looked, report, lookOf(ground));
  await print(json ? masking.mask(text) : text, host);
}
