import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { numbered } from '../connector/http/fixtures.ts';
import { SinkRig } from '../connector/http/rig.ts';

/** Delivers once to the endpoint of argv[2], and says what that cost. */
const rig = new SinkRig(new URL(process.argv[2]!), { http: { responseMaxBytes: 1_048_576, timeoutMs: 20_000 } });
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
// What loading and the first timers cost is not the answer's.
await sleep(300);
const cost = (): { peakMb: number; heldMs: number } => ({
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  heldMs: Math.round(delay.max / 1e6),
});
const before = cost();
delay.reset();
const { end } = rig.start(numbered(500));
await Promise.race([end, rig.heard('request-failed'), rig.heard('request-succeeded')]);
await sleep(100);
process.send!({ ...cost(), before });
