'use strict';

// The process of one task (task.isolation=process), started by its worker alone: see tailrace.cjs for what these are for.
process.env.UV_THREADPOOL_SIZE ??= '16';
process.on('SIGUSR1', () => undefined);
const { setFlagsFromString } = require('node:v8');
setFlagsFromString('--no-incremental-marking');
const { boundMemory, collect } = require('./memory.cjs');
boundMemory();
process.on('exit', collect);

import('../../dist/worker/task-main.js').catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 70;
});
