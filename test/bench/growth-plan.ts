import type { ConnectorConfig } from '../../config/types.ts';
import type { Sample } from './sample.ts';
import { PARTITIONS, type Topic } from './topics.ts';

type Isolation = ConnectorConfig['isolation'];

/** One of the things that grow, from its smallest step to its largest. */
export interface Series {
  /** What `ONLY` selects by. */
  readonly name: string;
  readonly title: string;
  /** What the cost must stay the same for. */
  readonly per: 'record' | 'byte';
  /** What there is more of in each step, where each of them takes memory of its own. */
  readonly each?: 'connector' | 'task';
  readonly steps: readonly Step[];
}

export interface Step {
  /** Names its runs. */
  readonly id: string;
  readonly label: string;
  readonly topic: Topic;
  /** How many of the worker's connectors each deliver the topic. */
  readonly connectors: number;
  /** Tasks of each connector. */
  readonly tasks: number;
  readonly isolation: Isolation;
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

interface Shape {
  readonly connectors?: number;
  readonly tasks?: number;
  readonly isolation?: Isolation;
  /** Whether everything is measured from the first record on. */
  readonly cold?: boolean;
}

function step(series: string, label: string, topic: Topic, shape: Shape = {}): Step {
  const { connectors = 1, tasks = 1, isolation = 'inline', cold = false } = shape;
  const id = `${series}-${label.replaceAll(/\W+/g, '')}`;
  const warmUp = cold ? 0 : Math.floor((topic.records * connectors) / 2);
  return { id, label, topic, connectors, tasks, isolation, warmUp, samples: [] };
}

function tasksIn(name: string, title: string, isolation: Isolation, records: number): Series {
  const steps = [1, 2, 4].map(tasks => step(name, String(tasks), topicOf(SMALL, records), { tasks, isolation }));
  return { name, title, per: 'record', each: 'task', steps };
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
      title: 'connectors in one worker',
      per: 'record',
      each: 'connector',
      // A hundred take their time to start: they get enough that most of it is delivered once all run.
      steps: [1, 20, 100].map(n =>
        step('connectors', String(n), topicOf(SMALL, Math.ceil(records / Math.min(n, 20))), { connectors: n }),
      ),
    },
    tasksIn('tasks', 'tasks in the process of the worker', 'inline', records),
    tasksIn('processes', 'tasks in processes of their own', 'process', records),
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
