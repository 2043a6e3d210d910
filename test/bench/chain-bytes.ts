import { parseConfig } from '../../config/load.ts';
import { FLAG_FAULT, FLAG_FILTERED, valueAt } from '../../connector/block.ts';
import { buildBlock } from '../../connector/block-builder.ts';
import { createConverter } from '../../connector/converters/choose.ts';
import { bodyFormat } from '../../connector/http/encode.ts';
import { createTransforms } from '../../connector/transforms/create.ts';
import { NO_FILES } from '../support/files.ts';
import { type SinkSettings, sinkProperties, workerProperties } from './settings.ts';
import { recordsOf, type Topic } from './topics.ts';

/** Of the topic's records: enough to meet what differs between them. */
const SAMPLES = 1_000;

/**
 * The values that a sink's own converters and transforms make of the first records of its topic.
 * @throws Error when one of them would not be delivered.
 */
export function deliveredValues(sink: SinkSettings, topic: Topic, count: number): Buffer[] {
  const config = parseConfig({
    worker: { name: 'worker.properties', text: workerProperties({ bootstrap: 'kafka:9092', reader: 'auto' }) },
    connectors: [{ name: 'sink.properties', text: sinkProperties(sink) }],
    env: {},
    overrides: [],
    files: NO_FILES,
  }).connectors[0]!;
  const format = bodyFormat(config.batch);
  const transforms = createTransforms(config.transforms, () => 0);
  const records = [...recordsOf(topic, count)].map(value => ({ topic: topic.name, value }));
  const block = createConverter(config, format, transforms).convert(
    buildBlock(records, { separator: format.separator }),
  );
  return records.map((_, i) => {
    const value = valueAt(block, i);
    if (value !== null && (block.flags[i]! & (FLAG_FAULT | FLAG_FILTERED)) === 0) return value;
    throw new Error(
      `record ${i} of ${topic.name} does not arrive: ${block.errors?.get(i)?.message ?? 'it is dropped'}`,
    );
  });
}

/**
 * Bytes of each record where it arrives.
 * @throws Error when they are not of one size.
 */
export function deliveredBytes(sink: SinkSettings, topic: Topic): number {
  const sizes = new Set(deliveredValues(sink, topic, SAMPLES).map(value => value.length));
  const [size, ...others] = sizes;
  if (size === undefined || others.length > 0)
    throw new Error(`records of ${[...sizes].join(', ')} B leave ${sink.name}`);
  return size;
}
