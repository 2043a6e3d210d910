import type { SinkSettings } from './settings.ts';
import { startTailrace } from './tailrace.ts';
import { usageOf } from './usage.ts';

/** Nobody listens there. */
const REFUSED = 'http://127.0.0.1:9/in';

/**
 * Peak memory of a worker whose endpoint refuses connections while its topic is full, MB of 10^6 bytes.
 * @throws Error when the worker ends.
 */
export async function measureOutage(
  bootstrap: string,
  topic: string,
  seconds: number,
  directory: string,
): Promise<number> {
  const name = 'bench-outage';
  const sink: SinkSettings = { name, topic, url: REFUSED, batchRecords: 500, converter: 'json' };
  const worker = await startTailrace(name, directory, { bootstrap, reader: 'auto' }, [sink]);
  try {
    let peakMB = 0;
    for (let second = 0; second < seconds; second++) {
      await new Promise(resolve => setTimeout(resolve, 1000));
      const usage = usageOf(worker.pid);
      if (usage === null) throw new Error(`the worker ended during the outage, see ${worker.logFile}`);
      peakMB = usage.peakMB;
    }
    return peakMB;
  } finally {
    await worker.stop();
  }
}
