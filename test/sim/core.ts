import { runShare, type Share } from './tally.ts';

/** One of the processes of a parallel run: a share in, what it came to out, until the parent is done or gone. */
process.on('message', (share: Share) => {
  void runShare(share).then(tally => process.send!(tally));
});
process.on('disconnect', () => process.exit());
