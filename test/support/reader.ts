import type { WorkerConfig } from '../../config/types.ts';

/** The reader that tests of the engine run with: TEST_READER, by default the one that a user gets. */
export const READER = (process.env['TEST_READER'] ?? 'auto') as WorkerConfig['reader'];
