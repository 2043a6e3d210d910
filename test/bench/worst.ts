import { parseConfig } from '../../config/load.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { textsOf } from '../config/written.ts';
import { blockOf } from '../connector/http/fixtures.ts';
import { CONNECTORS, RECORDS } from '../support/worst-records.ts';
import { median } from './statistics.ts';
import { costOf, WORST } from './worst-answers.ts';

/** Says what the worst records and answers cost: how long one holds the event loop, and memory (make bench-worst). */
const RUNS = 3;
const FORMAT = { bare: false, maxValueBytes: 1_048_576 };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Milliseconds of one record's conversion, the median of a few. */
function heldBy(record: string, convert: ReturnType<typeof createConverter>['convert']): number {
  return median(
    Array.from({ length: RUNS }, () => {
      const block = blockOf([record]);
      const started = performance.now();
      convert(block);
      return performance.now() - started;
    }),
  );
}

say('One record of 900 KB holds the loop for at most, milliseconds (which one):');
for (const [name, entries] of Object.entries(CONNECTORS)) {
  const [config] = parseConfig(
    textsOf({
      connector: {
        'value.converter.schemas.enable': 'false',
        'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
        ...entries,
      },
    }),
  ).connectors;
  const { convert } = createConverter(
    config!,
    FORMAT,
    createTransforms(config!.transforms, () => 0),
  );
  const held = RECORDS.map(record => ({ ms: heldBy(record, convert), record }));
  const worst = held.reduce((most, each) => (each.ms > most.ms ? each : most));
  say(`  ${name.padEnd(24)} ${worst.ms.toFixed(0).padStart(5)}  ${JSON.stringify(worst.record.slice(0, 40))}`);
}

say(
  'One answer of 1 MiB, in a process that holds nothing else: megabytes at peak, the loop held at most, milliseconds:',
);
for (const [name, answer] of Object.entries(WORST)) {
  const { peakMb, heldMs } = await costOf(answer);
  say(`  ${name.padEnd(42)} ${String(peakMb).padStart(5)} ${String(heldMs).padStart(6)}`);
}
