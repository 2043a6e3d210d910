#!/usr/bin/env node
'use strict';

// libuv reads UV_THREADPOOL_SIZE once, when its pool gets its first job. Importing an ES module is such a job (Node
// 20's loader reads files in the pool), so only a CommonJS entry can still set it. Kafka reads, DNS look-ups and files share
// the pool: with libuv's default of four, a few connectors could starve each other.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Without a listener this signal opens Node's debugger, whose port gives away every secret; what a worker says to it comes later.
process.on('SIGUSR1', () => undefined);

// Values live in buffers outside a heap of some fifteen megabytes, and V8 marks that heap anew for every few dozen
// megabytes of them. In one go that is a pause of a few milliseconds; in steps and on helper threads it took a tenth of
// the throughput (make bench).
const { setFlagsFromString } = require('node:v8');
setFlagsFromString('--no-incremental-marking');
const { boundMemory, collect } = require('./memory.cjs');
boundMemory();

// The end of a process joins V8's compiler threads, and one that finds no room in the heap waits for the main thread to
// collect: from Node 24 on, one worker in a few dozen of short life never ended (nodejs/node#54918). Behind a collection as
// the last thing there is room.
process.on('exit', collect);

import('../../dist/worker/main.js').catch(error => {
  if (error.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('dist/worker/main.js')) {
    process.stderr.write('tailrace: not built yet; run "make build" first\n');
  } else {
    process.stderr.write(`tailrace: ${error.stack}\n`);
  }
  process.exitCode = 70;
});
