import { compileJavaRegex } from '../../config/schema/java-regex.ts';
import { parseReplacement } from '../../config/schema/java-replacement.ts';
import type { TransformSettings } from '../../config/transforms/types.ts';
import { byTopic } from './by-topic.ts';
import type { Apply } from './transformation.ts';

/** Renames the topics that match as a whole. */
export function createRegexRouter(settings: TransformSettings & { kind: 'RegexRouter' }): Apply {
  const regex = compileJavaRegex(settings.regex);
  const replacement = parseReplacement(settings.replacement, regex);
  const routed = byTopic(topic => (regex.matches(topic) ? regex.replaceFirst(topic, replacement) : topic));
  return record => {
    const topic = routed(record.topic);
    return topic === record.topic ? record : { ...record, topic };
  };
}
