import { splitVerbatim } from '../schema/formats.ts';

/**
 * What SinkConnectorConfig.validate of Kafka Connect says of the topics, by the keys that it stands at.
 * @param quoted what was written for a key, as it may be shown; empty for nothing
 * @param readsDeadLetters the topic of dead letters is one of those that are read
 */
export function topicErrors(
  quoted: (name: string) => string,
  readsDeadLetters: boolean,
): ReadonlyMap<string, readonly string[]> {
  const [topics, regex] = [quoted('topics'), quoted('topics.regex')];
  const errors = new Map<string, readonly string[]>();
  if ((topics === '') === (regex === '')) {
    const error =
      topics === ''
        ? 'Must configure one of topics or topics.regex'
        : 'topics and topics.regex are mutually exclusive options, but both are set.';
    return errors.set('topics', [error]).set('topics.regex', [error]);
  }
  if (!readsDeadLetters) return errors;
  const [where, how] =
    topics === ''
      ? ['topics.regex', `matched by the regex for the topics ('topics.regex=${regex}')`]
      : ['topics', `included in the list of topics ('topics=[${splitVerbatim(topics).join(', ')}]')`];
  const name = quoted('errors.deadletterqueue.topic.name');
  return errors.set(where, [`The DLQ topic '${name}' may not be ${how} consumed by the connector`]);
}
