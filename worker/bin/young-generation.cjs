'use strict';

const { PerformanceObserver, constants } = require('node:perf_hooks');
const { getHeapSpaceStatistics, setFlagsFromString } = require('node:v8');

/** Both halves: of twice as much a connector with transforms is no faster, and takes up to 25 MB more (make bench-transforms). */
const BYTES = 8 * 1_048_576;
/** From V8's first megabyte to half of them in one step. */
const STEP = 4;
const MOST_ROUNDS = 64;
const OBJECTS_A_ROUND = 8_192;
const MOST_KEPT = 65_536;

function size() {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
}

/** V8 lets it grow when enough of what is in it survives: a few milliseconds. */
function grow() {
  setFlagsFromString(`--semi-space-growth-factor=${STEP}`);
  let survivors = [];
  for (let round = 0; round < MOST_ROUNDS && size() < BYTES; round++) {
    if (survivors.length > MOST_KEPT) survivors = [];
    for (let i = 0; i < OBJECTS_A_ROUND; i++) survivors.push({});
  }
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Holds V8's young generation at one size, whatever survives in it: by itself it grows to 32 MB (64 MB from Node 24 on) while modules are
 * loaded. After some idle time V8 makes it small, at a full collection, and so it would remain.
 */
exports.holdYoungGeneration = function holdYoungGeneration() {
  grow();
  const observer = new PerformanceObserver(list => {
    const isFull = list.getEntries().some(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
    if (isFull && size() < BYTES) grow();
  });
  observer.observe({ entryTypes: ['gc'] });
};
