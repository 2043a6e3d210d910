import { parseValue } from '../data/values.ts';
import { type DataConverter, NOTHING } from './data-converter.ts';

/** Kafka Connect's SimpleHeaderConverter: the types of values are guessed from their texts. */
export const SIMPLE_HEADER_CONVERTER: DataConverter = {
  className: 'org.apache.kafka.connect.storage.SimpleHeaderConverter',
  fallible: false,
  toConnect: bytes => (bytes === null ? NOTHING : parseValue(bytes.toString())),
};
