'use strict';

const { PerformanceObserver, constants } = require('node:perf_hooks');
const { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const MB = 1_048_576;
/** Of the young generation, both halves: with twice as much a connector with transforms is no faster, and takes up to 25 MB more. */
const YOUNG = 8 * MB;
/** From V8's first megabyte to half of them in one step. */
const STEP = 4;
const MOST_ROUNDS = 64;
const OBJECTS_A_ROUND = 8_192;
const MOST_KEPT = 65_536;
/**
 * So much more is held than after the last full collection, and there is another one: a few milliseconds, every few seconds at full speed. V8
 * by itself lets 64 MB of buffers and half as much of their objects wait, which outlived the young generation in a lane.
 */
const MOST_WAITING = 24 * MB;

function youngBytes() {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
}

function heldBytes() {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** V8 lets the young generation grow when enough of what is in it survives: a few milliseconds. */
function growYoung() {
  setFlagsFromString(`--semi-space-growth-factor=${STEP}`);
  let survivors = [];
  for (let round = 0; round < MOST_ROUNDS && youngBytes() < YOUNG; round++) {
    if (survivors.length > MOST_KEPT) survivors = [];
    for (let i = 0; i < OBJECTS_A_ROUND; i++) survivors.push({});
  }
  setFlagsFromString('--semi-space-growth-factor=1');
}

let collector = null;

/** A full collection. V8 shows its collector only to who asks for it before a context is made. */
function collect() {
  if (collector === null) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc');
  }
  collector();
}
exports.collect = collect;

/**
 * Keeps a worker's memory where it is at full speed. V8's young generation has one size, whatever survives in it: by itself it grows to
 * 32 MB (64 MB from Node 24 on) while modules are loaded. After some idle time V8 makes it small, at a full collection, and so it would remain. And
 * what waits to be collected is bounded.
 */
exports.boundMemory = function boundMemory() {
  growYoung();
  let heldBefore = Number.POSITIVE_INFINITY;
  const observer = new PerformanceObserver(list => {
    const isFull = list.getEntries().some(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR);
    const held = heldBytes();
    if (isFull || held < heldBefore) heldBefore = held;
    if (isFull && youngBytes() < YOUNG) growYoung();
    if (held - heldBefore > MOST_WAITING) collect();
  });
  observer.observe({ entryTypes: ['gc'] });
};
