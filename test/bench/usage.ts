import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have cost since they began. */
export interface Usage {
  /** User and system time of all threads. */
  readonly cpuSeconds: number;
  /** Sum of the peaks of resident memory, MB of 10^6 bytes. */
  readonly peakMB: number;
}

let ticksPerSecond = 0;

function clockTicks(): number {
  if (ticksPerSecond === 0) ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticksPerSecond;
}

function usageOfOne(pid: number): Usage {
  // The second field, the command, may hold blanks; the third follows the last bracket.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicks(),
    peakMB: (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6,
  };
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(thread => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  });
}

/** Reads /proc for the whole tree of a process; null when the process itself is gone. */
export function usageOf(pid: number): Usage | null {
  try {
    let { cpuSeconds, peakMB } = usageOfOne(pid);
    for (const child of childrenOf(pid)) {
      const usage = usageOf(child);
      cpuSeconds += usage?.cpuSeconds ?? 0;
      peakMB += usage?.peakMB ?? 0;
    }
    return { cpuSeconds, peakMB };
  } catch {
    return null;
  }
}
