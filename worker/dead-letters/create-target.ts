import type { ConnectorConfig } from '../../config/types.ts';
import { createTransports } from '../../connector/http/transport/create.ts';
import { createClientLog } from '../client-lines.ts';
import { createDelivery, transportOptionsOf } from '../endpoints.ts';
import { createKafkaProducer } from '../kafka/producer.ts';
import { chosenAddon } from '../kafka/reader/choose.ts';
import { smallFiles } from '../small-files.ts';
import type { TaskFact } from '../task/facts.ts';
import { ANNOUNCEMENTS, type Announcement } from '../telemetry/announcements.ts';
import { createFactLog } from '../telemetry/fact-log.ts';
import type { Belonging } from './belonging.ts';
import type { Ground } from './ground.ts';
import { ReplayError, type Target } from './target.ts';
import { createEndpointTarget } from './to-endpoint.ts';
import { createOriginTarget } from './to-origin.ts';

/** Producer of a replay: beside those of the connector's tasks. */
const CLIENT_ID = 'tailrace-replay';

export interface OriginWishes {
  readonly belonging: Belonging;
  readonly originTopic: string | null;
  readonly samePartition: boolean;
  readonly partitionCount: (topic: string) => Promise<number>;
}

/** @throws the signal's reason; KafkaError for what waiting can't mend */
export async function openOriginTarget(ground: Ground, wishes: OriginWishes, signal: AbortSignal): Promise<Target> {
  const { connector, worker, host, log } = ground;
  const { clock, random } = host;
  const { producer: settings } = connector.kafka;
  const producer = createKafkaProducer(
    { ...connector.kafka, producer: { ...settings, global: { ...settings.global, 'client.id': CLIENT_ID } } },
    {
      log: createClientLog(log),
      onFault: fault => log.write('warn', fault.message, { event: 'replay-producer' }),
      addon: chosenAddon(worker.reader),
    },
  );
  await producer.connect(signal);
  return createOriginTarget({
    ...wishes,
    producer,
    clock,
    random,
    onFailure: sparingly(text => log.write('warn', text, { event: 'replay-producer' })),
  });
}

/** Its facts are told as a task's are. */
export function openEndpointTarget({ connector, host, log }: Ground, belonging: Belonging): Target {
  const { clock, random } = host;
  const facts = createFactLog({ logEveryRecordError: false }, log.with({ connector: connector.name }), clock, {
    add: () => undefined,
  });
  // What is refused is told by its letter.
  const announce = (fact: TaskFact): void => {
    if (fact.kind !== 'record-rejected') facts.write(fact, ANNOUNCEMENTS[fact.kind] as Announcement<TaskFact['kind']>);
  };
  const { sink, endpoints, each, needs } = createDelivery(connector, {
    errorsTolerance: 'all',
    ...createTransports(connector.http, transportOptionsOf(connector)),
    files: smallFiles,
    clock,
    random,
    announce,
    bodies: null,
    mask: null,
  });
  const target = createEndpointTarget({
    belonging,
    sink,
    endpoints: each,
    endpointOf: topic => endpointFor(connector, endpoints?.of(topic), topic),
    needs: { keys: needs.keys, headers: needs.headers },
    delivery: connector.delivery,
  });
  return {
    deliver: target.deliver,
    async close() {
      await target.close();
      facts.end();
    },
  };
}

function endpointFor({ endpoints }: ConnectorConfig, index: number | null | undefined, topic: string): number {
  if (endpoints === null) return 0;
  if (index === null || index === undefined) throw new ReplayError(`no endpoint has the topic ${topic}`);
  return index;
}

/** A text that is told again and again is told once. */
function sparingly(tell: (text: string) => void): (text: string) => void {
  let last: string | null = null;
  return text => {
    if (text !== last) tell(text);
    last = text;
  };
}
