import { writeGenerated } from './generated.ts';
import { renderMigrating } from './migrating.ts';
import { renderReference } from './reference.ts';

/** Writes what is made of the tables of keys; with `--check` says whether it is what would be written. */
writeGenerated({ 'config/REFERENCE.md': renderReference(), 'config/MIGRATING.md': renderMigrating() });
