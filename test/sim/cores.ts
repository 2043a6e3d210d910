import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { addTally, newTally, runShare, type Share, type Tally } from './tally.ts';

const SHARE = 10;

/** Runs shares somewhere, one at a time. */
interface Core {
  readonly run: (share: Share) => Promise<Tally>;
  readonly end: () => void;
}

const HERE: Core = { run: runShare, end: () => {} };

/** A process of its own. Its end leaves the run under way with an error that names the seeds. */
function another(): Core {
  const child: ChildProcess = fork(fileURLToPath(new URL('core.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  return {
    run: share =>
      new Promise((resolve, reject) => {
        const gone = (code: number | null, signal: string | null): void =>
          reject(
            new Error(`a process ended (${signal ?? code}) in seeds ${share.from} to ${share.from + share.count - 1}`),
          );
        child.once('exit', gone);
        child.once('message', tally => {
          child.off('exit', gone);
          resolve(tally as Tally);
        });
        child.send(share);
      }),
    end: () => child.disconnect(),
  };
}

/**
 * Runs `count` seeds on as many processes as `jobs` says. Shares are given out in order; once a seed went wrong no higher
 * ones are begun, and the lower ones are waited for, so that the seed in the answer is the lowest of all.
 * @throws Error when a process ended by itself
 */
export async function runSeeds(
  seeds: Share,
  jobs: number,
  progress: (done: number) => void = () => {},
): Promise<Tally> {
  const sum = newTally();
  const end = seeds.from + seeds.count;
  let next = seeds.from;
  const work = async (core: Core): Promise<void> => {
    try {
      while (next < (sum.wrong?.seed ?? end)) {
        const share = { ...seeds, from: next, count: Math.min(SHARE, end - next) };
        next += share.count;
        addTally(sum, await core.run(share));
        progress(sum.seeds);
      }
    } finally {
      core.end();
    }
  };
  const processes = Math.min(jobs, Math.ceil(seeds.count / SHARE));
  const cores = processes <= 1 ? [HERE] : Array.from({ length: processes }, another);
  await Promise.all(cores.map(work));
  return sum;
}
