import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PoolShare } from '../../../connector/http/coding/pool-share.ts';
import { Scope } from '../../../connector/scope.ts';

describe('a share of the pool', () => {
  it('is held by so many at a time; the others get it in their order', async () => {
    const share = new PoolShare(2);
    const entered: number[] = [];
    const jobs = [0, 1, 2, 3].map(async job => {
      assert.equal(await share.take(new Scope()), true);
      entered.push(job);
    });
    await jobs[1];
    assert.deepEqual(entered, [0, 1]);
    share.give();
    await jobs[2];
    assert.deepEqual(entered, [0, 1, 2]);
    share.give();
    await Promise.all(jobs);
    for (let held = 0; held < 2; held++) share.give();
    assert.deepEqual(await Promise.all([share.take(new Scope()), share.take(new Scope())]), [true, true]);
  });

  it('is not given to one that has left, before or while it waited', async () => {
    const share = new PoolShare(1);
    const gone = new Scope();
    gone.abort();
    assert.equal(await share.take(gone), false);
    assert.equal(await share.take(new Scope()), true);
    const leaving = new Scope();
    const [left, stays] = [share.take(leaving), share.take(new Scope())];
    leaving.abort();
    assert.equal(await left, false);
    share.give();
    assert.equal(await stays, true);
  });
});
