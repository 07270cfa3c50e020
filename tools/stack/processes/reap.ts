import { rmSync } from 'node:fs';
import { endProcesses } from './end-processes.ts';
import { forgetRecordedProcesses, leftovers, recordedProcesses } from './owned-processes.ts';

/** Run by the reaper after a start died: `reap.ts <directory> [--remove-directory]`. */
const [directory, option] = process.argv.slice(2);
if (directory !== undefined) {
  await endProcesses(leftovers(recordedProcesses(directory)));
  forgetRecordedProcesses(directory);
  if (option === '--remove-directory') rmSync(directory, { recursive: true, force: true });
}
