import { parsePattern } from '../../config/transforms/java-date-pattern.ts';
import type { TransformSettings } from '../../config/transforms/types.ts';
import { DataException } from '../data/errors.ts';
import { compileFormat } from '../java/date-pattern.ts';
import type { Apply } from './transformation.ts';

const TOPIC = '${' + 'topic}';
const TIMESTAMP = '${' + 'timestamp}';

/** Makes a topic's name out of it and the record's timestamp (UTC). */
export function createTimestampRouter(settings: TransformSettings & { kind: 'TimestampRouter' }): Apply {
  const format = compileFormat(parsePattern(settings.timestampFormat));
  return record => {
    if (record.timestamp === null) {
      const { topic, partition, offset } = record;
      throw new DataException(`Timestamp missing on record: ${topic}-${partition} at offset ${offset}`);
    }
    const written = format(record.timestamp);
    const topic = settings.topicFormat.replaceAll(TOPIC, () => record.topic).replaceAll(TIMESTAMP, () => written);
    return { ...record, topic };
  };
}
