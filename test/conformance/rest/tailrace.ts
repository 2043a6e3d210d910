import { startProgram } from '../../kafka/program.ts';
import { CONVERTERS, type Worker } from './world.ts';

/** The built program without a connector, as connect-distributed starts. */
export async function startTailrace(bootstrap: string): Promise<Worker> {
  const program = await startProgram({ ...CONVERTERS, 'bootstrap.servers': bootstrap }, []);
  return {
    origin: await program.origin(),
    async stop() {
      await program.stop();
    },
  };
}
