import { EXIT } from '../cli/exit-codes.ts';
import type { Host } from '../cli/host.ts';
import type { OneConnector } from '../cli/one-connector.ts';
import { columnsOf, stylesOf } from '../cli/terminal.ts';
import { type Inquiry, openInquiry } from '../kafka/inquiry.ts';
import { ReaderError } from '../kafka/reader/choose.ts';
import { KafkaError } from '../task/kafka-error.ts';
import type { Wanted } from './positions.ts';
import type { Look } from './render.ts';

/** For connecting, and for each answer, milliseconds. */
const TIMEOUT_MS = 20_000;

/** Asks the brokers as the connector's consumer. What they do not answer is told in one line. @returns the exit code */
export async function asking(
  { worker, connector, shown }: OneConnector,
  host: Host,
  use: (inquiry: Inquiry) => Promise<number>,
): Promise<number> {
  let inquiry: Inquiry | null = null;
  try {
    inquiry = await openInquiry({ kafka: connector.kafka, reader: worker.reader, timeoutMs: TIMEOUT_MS });
    return await use(inquiry);
  } catch (error) {
    if (!(error instanceof KafkaError || error instanceof ReaderError)) throw error;
    host.complain(`${shown(error.message)}\n`);
    return EXIT.UNFINISHED;
  } finally {
    await inquiry?.close();
  }
}

export function wantedOf(options: {
  readonly topic: readonly string[];
  readonly partition: readonly number[];
}): Wanted {
  return { topics: [...new Set(options.topic)], partitions: options.partition };
}

export function lookOf(host: Host, shown: (text: string) => string): Look {
  return { styles: stylesOf(host), width: columnsOf(host), shown };
}
