import { writeSync } from 'node:fs';
import { assembleTask } from './assemble.ts';
import { endProcess } from './cli/process-end.ts';
import { VERSION } from './cli/version.ts';
import { systemClock, systemRandom } from './clock.ts';
import type { ToTask } from './isolation/messages.ts';
import { TaskProcess } from './isolation/task-process.ts';
import { nativeAddon } from './kafka/reader/addon.ts';

/**
 * The process of one task (`task.isolation=process`). What it is to do comes over the channel from the worker that started it; without a channel
 * there is nobody to work for.
 */

const STDERR = 2;

function leave(code: number): never {
  endProcess(code);
  process.exit(code);
}

const task = new TaskProcess({
  send(message, then) {
    if (process.connected) process.send!(message, undefined, {}, then);
  },
  assemble: (connector, taskId, surroundings) =>
    assembleTask(connector, taskId, { ...surroundings, clock: systemClock, random: systemRandom }),
  // What makes them is loaded where there are any.
  openTraces: async config =>
    (await import('./traces/open.ts')).openTraces(config, {
      clock: systemClock,
      random: systemRandom,
      version: VERSION,
    }),
  clock: systemClock,
  entitle(title) {
    process.title = title;
  },
  leave,
});

process.on('uncaughtException', error => {
  try {
    writeSync(STDERR, `${error instanceof Error ? error.stack : String(error)}\n`);
  } catch {
    // The worker is gone, or stands still.
  }
  leave(70);
});
// What is not confirmed is not committed: whoever has the partitions next sends it again. A process that stands still, or is busy, can't hear of it.
process.on('disconnect', () => leave(0));
const native = nativeAddon();
if ('addon' in native) native.addon.dieWithParent();
// A terminal signals the worker too, which stops its tasks in order.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => task.terminated());
// Messages that have come already wait for this.
process.on('message', (message: ToTask) => task.heard(message));
