import { writeGenerated } from '../../config/generated.ts';
import { renderManPage } from './man-page.ts';
import { renderCommandReference } from './reference.ts';

/** Writes what is made of the table of commands; with `--check` says whether it is what would be written. */
writeGenerated({ 'worker/man/tailrace.1': renderManPage(), 'worker/COMMANDS.md': renderCommandReference() });
