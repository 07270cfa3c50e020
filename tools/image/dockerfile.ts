/** An instruction of a Dockerfile, in the order of the file; continued lines are joined. */
export type Instruction =
  | { kind: 'from'; image: string; stage: string | null }
  | { kind: 'workdir'; path: string }
  | { kind: 'env'; variables: Record<string, string> }
  | { kind: 'copy'; from: string | null; sources: string[]; destination: string }
  | { kind: 'run'; command: string }
  | { kind: 'user'; user: string }
  | { kind: 'cmd'; command: string[] };

/**
 * Reads as much of the form as our Dockerfile uses. Anything else is an error, for what is left out here would be in
 * the image and not in what is proven of it.
 */
export function parseDockerfile(text: string): Instruction[] {
  const joined = text.replaceAll(/\\\n/g, ' ').split('\n');
  return joined
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(instruction);
}

/** What the image itself is made by. */
export function lastStageOf(instructions: readonly Instruction[]): readonly Instruction[] {
  return instructions.slice(instructions.findLastIndex(({ kind }) => kind === 'from'));
}

function instruction(line: string): Instruction {
  const [keyword = '', rest = ''] = [/^\S+/.exec(line)?.[0], line.replace(/^\S+\s*/, '')];
  const words = rest.split(/\s+/);
  switch (keyword) {
    case 'FROM':
      return { kind: 'from', image: words[0] ?? '', stage: words[1] === 'AS' ? (words[2] ?? null) : null };
    case 'WORKDIR':
      return { kind: 'workdir', path: rest };
    case 'ENV':
      return { kind: 'env', variables: Object.fromEntries(words.map(variable)) };
    case 'COPY':
      return copy(words, line);
    case 'RUN':
      return { kind: 'run', command: rest };
    case 'USER':
      return { kind: 'user', user: rest };
    case 'CMD':
      return { kind: 'cmd', command: JSON.parse(rest) as string[] };
    default:
      throw new Error(`tools/image does not know the instruction: ${line}`);
  }
}

function variable(word: string): [string, string] {
  const at = word.indexOf('=');
  if (at < 1 || /["'$]/.test(word)) throw new Error(`tools/image does not read the variable ${word}`);
  return [word.slice(0, at), word.slice(at + 1)];
}

function copy(words: readonly string[], line: string): Instruction {
  const options = words.filter((word) => word.startsWith('--'));
  const from = options.find((option) => option.startsWith('--from='))?.slice('--from='.length) ?? null;
  if (options.length > (from === null ? 0 : 1)) throw new Error(`tools/image does not know an option of: ${line}`);
  const paths = words.filter((word) => !word.startsWith('--'));
  return { kind: 'copy', from, sources: paths.slice(0, -1), destination: paths.at(-1) ?? '' };
}
