import type { BatchConfig, ConnectorConfig } from '../../config/types.ts';
import type { RecordKind } from './log.ts';
import type { SeededRandom } from './random.ts';

type Body = Pick<ConnectorConfig, 'batch' | 'valueConverter' | 'values'>;

const SEPARATORS = ['\n', '', ', ', '\r\n--é--\r\n'];

/**
 * Some connectors join values, of JSON or of texts that nobody looks into, and some pass over what is no JSON.
 * @param chained there are transforms, which do not take texts
 */
export function drawBody<C extends Body>(random: SeededRandom, connector: C, chained: boolean): C {
  const onText = random.chance(0.3) ? 'ignore' : 'fail';
  const checked = { ...connector, values: { ...connector.values, onText } as const };
  if (!random.chance(0.25)) return checked;
  const around = random.pick([
    ['', ''],
    ['<', '>\n'],
  ]);
  const texts = !chained && random.chance(0.5);
  const batch: BatchConfig = {
    ...connector.batch,
    format: 'joined',
    prefix: around[0]!,
    separator: random.pick(SEPARATORS),
    suffix: around[1]!,
    content: texts ? 'text' : 'json',
  };
  return texts ? { ...connector, batch, valueConverter: { kind: 'string', encoding: 'UTF-8' } } : { ...checked, batch };
}

/** What is no JSON is refused, or passed over: else every value is as good as any other. */
export function checksJson({ valueConverter }: Pick<Body, 'valueConverter'>): boolean {
  return valueConverter.kind === 'json';
}

/** What a body with one record holds beside it. */
export function aroundOne(batch: BatchConfig): number {
  const { format, envelopePrefix, envelopeSuffix, prefix, suffix } = batch;
  const envelope = envelopePrefix.length + envelopeSuffix.length;
  return { array: 2, ndjson: 1, single: 0, envelope, joined: prefix.length + suffix.length }[format];
}

/** How a body of these values looks. */
export function bodyOf(batch: BatchConfig, texts: readonly string[]): string {
  switch (batch.format) {
    case 'array':
      return `[${texts.join(',')}]`;
    case 'envelope':
      return `${batch.envelopePrefix}${texts.join(',')}${batch.envelopeSuffix}`;
    case 'ndjson':
      return `${texts.map(text => text.replace('\n', ' ')).join('\n')}\n`;
    case 'single':
      return texts.join('');
    case 'joined':
      return `${batch.prefix}${texts.join(batch.separator)}${batch.suffix}`;
  }
}

/** Which records get no outcome but to be skipped, by configuration. */
export function ignoredBy({ values }: Pick<Body, 'values'>): ReadonlySet<RecordKind> {
  const ignored = new Set<RecordKind>(['dropped']);
  if (values.onNull === 'ignore') ignored.add('null');
  if (values.onText === 'ignore') ignored.add('invalid');
  return ignored;
}
