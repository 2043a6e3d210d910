/**
 * The limit of the portable reader, a process of its own: node-rdkafka's `consume(500)`, and nothing else.
 * Arguments: the topic, how many records, and the consumer's configuration as JSON.
 */
import kafka from 'node-rdkafka';

export type BareLoopEvent =
  | { readonly kind: 'first'; readonly at: number }
  | { readonly kind: 'reached'; readonly at: number; readonly records: number };

const RECORDS_A_READ = 500;
const [topic, wanted, configuration] = process.argv.slice(2) as [string, string, string];
const consumer = new kafka.KafkaConsumer(JSON.parse(configuration), { 'auto.offset.reset': 'earliest' });
let records = 0;

function tell(event: BareLoopEvent): void {
  process.send?.(event);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function read(): void {
  consumer.consume(RECORDS_A_READ, (error, messages) => {
    if (error) throw error;
    if (records === 0 && messages.length > 0) tell({ kind: 'first', at: now() });
    records += messages.length;
    if (records < Number(wanted)) read();
    else tell({ kind: 'reached', at: now(), records });
  });
}

consumer.setDefaultConsumeTimeout(20);
consumer.on('ready', () => {
  consumer.subscribe([topic]);
  read();
});
consumer.connect({}, error => {
  if (error) throw error;
});
process.on('disconnect', () => process.exit());
