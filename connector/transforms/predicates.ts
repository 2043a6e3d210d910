import { compileJavaRegex } from '../../config/schema/java-regex.ts';
import type { PredicateSettings } from '../../config/transforms/types.ts';
import type { ConnectRecord } from '../data/record.ts';
import { byTopic } from './by-topic.ts';

export type Predicate = (record: ConnectRecord) => boolean;

export function createPredicate(settings: PredicateSettings): Predicate {
  switch (settings.kind) {
    case 'HasHeaderKey':
      return record => record.headers.some(({ name }) => name === settings.name);
    case 'RecordIsTombstone':
      return record => record.value === null;
    case 'TopicNameMatches': {
      const { matches } = compileJavaRegex(settings.pattern);
      const matching = byTopic(matches);
      return record => matching(record.topic);
    }
  }
}
