import { ask } from './ask.ts';
import { type Comparison, compare } from './compare.ts';
import { type Answer, type Difference, ENDPOINT, type Request, type Scenario } from './step.ts';
import type { Side } from './world.ts';

const UNTIL_MS = 30_000;
const POLL_MS = 100;
/** Kafka Connect can't answer before its group has settled after the change before. */
const PASSING = /a rebalance is expected|because of a conflicting operation/;

/** What a request brought in both workers. */
export interface Asked extends Comparison {
  readonly request: Request;
}

/** Both sides of a comparison: Kafka Connect, and Tailrace. */
export interface Sides {
  readonly connect: Side;
  readonly tailrace: Side;
}

/** Sends every request to both, one after another, each only when both have answered the one before. */
export async function play({ steps }: Scenario, { connect, tailrace }: Sides): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const step of steps) {
    if (typeof step === 'function') {
      await Promise.all([step(connect), step(tailrace)]);
      continue;
    }
    const [theirs, ours] = await Promise.all([answerOf(step, connect), answerOf(step, tailrace)]);
    asked.push({ request: step, ...compare(step, theirs, ours) });
  }
  return asked;
}

/** @returns the last answer, also when none has fitted in time: the comparison shows it. */
async function answerOf(request: Request, { worker, endpoint }: Side): Promise<Answer> {
  const body = request.body?.replaceAll(ENDPOINT, endpoint) ?? null;
  const deadline = performance.now() + UNTIL_MS;
  for (;;) {
    const answer = await ask(worker.origin, { ...request, body });
    const shown = { ...answer, body: answer.body.replaceAll(endpoint, ENDPOINT) };
    if (!PASSING.test(shown.body) && (request.until === null || request.until(shown))) return shown;
    if (performance.now() > deadline) return { ...shown, body: `NEVER WHAT IS WAITED FOR, last: ${shown.body}` };
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
  }
}

/** What is wrong with an answer; null where it is as it should be. */
export function faultOf({ request, theirs, ours }: Asked): string | null {
  const { method, path, body, differs } = request;
  const what = `${method} ${path}${body === null ? '' : ` ${body}`}`;
  if (differs === null) return theirs === ours ? null : `${what}\n  Connect:  ${theirs}\n  Tailrace: ${ours}`;
  if (theirs === ours) return `${what}\n  does not differ any more: ${ours}`;
  return isAsDeclared(differs, theirs, ours)
    ? null
    : `${what}\n  expected: ${[differs.ours].flat().join(' … ')}\n  Tailrace: ${ours}\n  Connect:  ${theirs}`;
}

function isAsDeclared(differs: Difference, theirs: string, ours: string): boolean {
  if (typeof differs.ours === 'string') return ours === differs.ours;
  return differs.ours.every(part => ours.includes(part) && !theirs.includes(part));
}
