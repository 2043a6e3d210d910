import type { Sample } from './sample.ts';
import { PARTITIONS, type Topic } from './topics.ts';

/** One of the things that grow, from its smallest step to its largest. */
export interface Series {
  /** What `ONLY` selects by. */
  readonly name: string;
  readonly title: string;
  /** What the cost must stay the same for. */
  readonly per: 'record' | 'byte';
  readonly steps: readonly Step[];
}

export interface Step {
  /** Names its runs. */
  readonly id: string;
  readonly label: string;
  readonly topic: Topic;
  /** How many of the worker's connectors each deliver the topic. */
  readonly connectors: number;
  /** So many of the records that arrive are not measured. */
  readonly warmUp: number;
  readonly samples: Sample[];
}

const SMALL = 220;
/** The bytes of the size series, by the records of the others: half as many of 1 KB. */
const BYTES_PER_RECORD = 512;

function topicOf(recordBytes: number, records: number, partitions = PARTITIONS): Topic {
  return { name: `growth-${recordBytes}-${records}-${partitions}`, partitions, recordBytes, records };
}

function step(series: string, label: string, topic: Topic, { connectors = 1, cold = false } = {}): Step {
  const id = `${series}-${label.replaceAll(/\W+/g, '')}`;
  const warmUp = cold ? 0 : Math.floor((topic.records * connectors) / 2);
  return { id, label, topic, connectors, warmUp, samples: [] };
}

/** Series share topics where they can: equal ones have equal names. */
export function growthPlan(records: number): Series[] {
  const thousands = (value: number): string => value.toLocaleString('en');
  return [
    {
      name: 'partitions',
      title: 'partitions',
      per: 'record',
      steps: [1, 8, 64, 512].map(n => step('partitions', String(n), topicOf(SMALL, records, n))),
    },
    {
      name: 'connectors',
      title: 'connectors in one worker, the same records in all',
      per: 'record',
      steps: [1, 5, 20].map(n =>
        step('connectors', String(n), topicOf(SMALL, Math.ceil(records / n)), { connectors: n }),
      ),
    },
    {
      name: 'backlog',
      title: 'backlog, records, from a cold start',
      per: 'record',
      steps: [records / 20, records / 2, records * 2.5, records * 5]
        .map(Math.ceil)
        .map(n => step('backlog', thousands(n), topicOf(SMALL, n), { cold: true })),
    },
    {
      name: 'size',
      title: 'bytes of a record',
      per: 'byte',
      steps: [100, 1024, 10_240, 102_400].map(bytes => {
        const most = Math.ceil((records * BYTES_PER_RECORD) / bytes);
        return step('size', thousands(bytes), topicOf(bytes, Math.min(records, most)));
      }),
    },
  ];
}
