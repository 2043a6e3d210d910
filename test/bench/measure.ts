import type { Arrivals } from './access-log.ts';
import type { Running } from './program.ts';
import { type Sample, toSample } from './sample.ts';
import { UsageTrace } from './usage-trace.ts';

const RUN_TIMEOUT_MS = 300_000;

/** Lets a process work until all has arrived, stops it, and says what it took. */
export async function measure(
  running: Running,
  arrived: (signal: AbortSignal) => Promise<Arrivals>,
  say: (line: string) => void,
): Promise<Sample> {
  const trace = new UsageTrace(running.pid);
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new Error(`not done after ${RUN_TIMEOUT_MS / 1000} s`)), RUN_TIMEOUT_MS);
  void running.exited.then(how => over.abort(new Error(`the process ended (${how})`)));
  try {
    const arrivals = await arrived(over.signal);
    // One more point behind the last request.
    await new Promise(resolve => setTimeout(resolve, 60));
    trace.stop();
    const joinSeconds = running.joined === undefined ? null : await running.joined;
    return toSample(running.begun, arrivals, trace.points, joinSeconds);
  } catch (error) {
    throw new Error(`this run failed, see ${running.logFile}`, { cause: error });
  } finally {
    clearTimeout(timer);
    trace.stop();
    const how = await running.stop();
    if (how !== '0') say(`  (the process ended with ${how}, see ${running.logFile})`);
  }
}
