import type { LoadCommand, LoadReport } from './load.types.ts';
import { LoadGenerator } from './load-generator.ts';

const report = (message: LoadReport): void => {
  process.send?.(message);
};

let generator: LoadGenerator | null = null;

process.on('message', (command: LoadCommand) => {
  if (command.kind === 'configure') {
    generator = new LoadGenerator(command.settings, report);
    report({ kind: 'configured' });
  } else if (command.kind === 'run') generator?.start(command.run);
  else if (command.kind === 'finish') generator?.finish();
  else generator?.delivered(command.count);
});
process.on('disconnect', () => process.exit(0));
