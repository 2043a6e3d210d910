import { checkRegex } from './settings.ts';
import { invalid, type SettingsReader } from './settings-reader.ts';
import type { PredicateSettings } from './types.ts';

export const PREDICATES: Readonly<Record<string, (read: SettingsReader) => PredicateSettings>> = {
  HasHeaderKey: read => ({ kind: 'HasHeaderKey', name: nonEmpty(read, 'name') }),
  RecordIsTombstone: () => ({ kind: 'RecordIsTombstone' }),
  TopicNameMatches: read => {
    const pattern = nonEmpty(read, 'pattern');
    checkRegex('pattern', pattern);
    return { kind: 'TopicNameMatches', pattern };
  },
};

function nonEmpty(read: SettingsReader, key: string): string {
  const text = read.requiredText(key);
  return text === '' ? invalid(key, text, 'String must be non-empty') : text;
}
