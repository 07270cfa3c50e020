import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What was asked of an operation, by `METHOD /path`. */
export interface Asked {
  requests: number;
  /** Status → how many; `none`: no answer came. */
  statuses: Map<string, number>;
}

export interface Finding {
  operation: string;
  /** The name of the check that failed. */
  check: string;
  what: string;
}

export interface Report {
  asked: Map<string, Asked>;
  findings: Finding[];
}

interface Interaction {
  request: { method: string; uri: string; body?: { $base64?: string } };
  response?: { status_code: number; content?: { $base64?: string } };
}
interface Recorder {
  label: string;
  cases?: Record<string, { value: { method: string; path: string } }>;
  checks?: Record<
    string,
    { name: string; status: string; failure_info?: { failure?: { title?: string; message?: string } } }[]
  >;
  interactions?: Record<string, Interaction>;
}
type Line = { ScenarioFinished?: { recorder: Recorder } } & Record<string, unknown>;

const TEXT_SHOWN_CHARACTERS = 600;

/** Reads what a pass reported, line by line: reports are large. */
export async function readReport(path: string): Promise<Report> {
  const report: Report = { asked: new Map(), findings: [] };
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if (text !== '') note(report, JSON.parse(text) as Line);
  }
  return report;
}

/** One line of a report; everything but the requests and what went wrong is left aside. */
export function note(report: Report, line: Line): void {
  if (line.ScenarioFinished) noteScenario(report, line.ScenarioFinished.recorder);
  for (const kind of ['NonFatalError', 'FatalError']) {
    if (kind in line)
      report.findings.push({ operation: 'schemathesis', check: kind, what: shown(JSON.stringify(line[kind])) });
  }
}

function noteScenario(report: Report, { cases = {}, interactions = {}, checks = {} }: Recorder): void {
  const operationOf = (id: string): string => {
    const { method, path } = cases[id]?.value ?? { method: '?', path: '?' };
    return `${method} ${path}`;
  };
  for (const [id, { response }] of Object.entries(interactions)) {
    const operation = operationOf(id);
    const asked = report.asked.get(operation) ?? { requests: 0, statuses: new Map() };
    const status = String(response?.status_code ?? 'none');
    asked.requests += 1;
    asked.statuses.set(status, (asked.statuses.get(status) ?? 0) + 1);
    report.asked.set(operation, asked);
  }
  for (const [id, results] of Object.entries(checks)) {
    for (const { name, failure_info: info } of results.filter(({ status }) => status !== 'success')) {
      const said = [info?.failure?.title, info?.failure?.message].filter(Boolean).join(': ');
      report.findings.push({ operation: operationOf(id), check: name, what: `${said}\n${told(interactions[id])}` });
    }
  }
}

function told(interaction: Interaction | undefined): string {
  if (!interaction) return '';
  const { request, response } = interaction;
  const asked = `${request.method} ${request.uri} ${decoded(request.body)}`;
  return `${shown(asked)}\n→ ${response?.status_code ?? 'no answer'} ${shown(decoded(response?.content))}`;
}

function decoded(body: { $base64?: string } | undefined): string {
  return Buffer.from(body?.$base64 ?? '', 'base64').toString('utf8');
}

function shown(text: string): string {
  return text.length > TEXT_SHOWN_CHARACTERS ? `${text.slice(0, TEXT_SHOWN_CHARACTERS)}…` : text;
}
