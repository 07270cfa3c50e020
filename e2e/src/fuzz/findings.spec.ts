import { describe, expect, it } from 'vitest';
import { note, type Report } from './findings.ts';
import { verdictOf } from './verdict.ts';

const base64 = (text: string) => ({ $base64: Buffer.from(text).toString('base64') });
const ok = { name: 'not_a_server_error', status: 'success' };
const broken = (name: string) => ({
  name,
  status: 'failure',
  failure_info: { failure: { title: 'Server error', message: 'it fell over' } },
});

const scenario = (method: string, path: string, status: number | null, checks: object[] = [ok]) => ({
  ScenarioFinished: {
    recorder: {
      label: `${method} ${path}`,
      cases: { a: { value: { method, path } } },
      checks: { a: checks },
      interactions: {
        a: {
          request: { method, uri: `http://localhost${path}`, body: base64('{"x":1}') },
          ...(status === null ? {} : { response: { status_code: status, content: base64('the answer') } }),
        },
      },
    },
  },
});

function reportOf(...lines: object[]): Report {
  const report: Report = { asked: new Map(), findings: [] };
  for (const line of lines) note(report, line as Parameters<typeof note>[1]);
  return report;
}

describe('what the fuzzer found', () => {
  it('passes an operation that succeeded and broke no promise', () => {
    const report = reportOf({ EngineStarted: {} }, scenario('GET', '/v1/me', 200), scenario('GET', '/v1/me', 400));
    expect(verdictOf(['GET /v1/me'], [report], [])).toEqual({
      passed: 1,
      failed: 0,
      requests: 2,
      unavailable: 0,
      successShare: 0.5,
      failures: [],
    });
  });

  it('fails an operation once for all that was found, with the request and the answer', () => {
    const five = scenario('GET', '/v1/me', 500, [ok, broken('not_a_server_error'), broken('status_code_conformance')]);
    const verdict = verdictOf(
      ['GET /v1/me', 'GET /v1/stats'],
      [reportOf(five, five, scenario('GET', '/v1/me', 200))],
      [],
    );
    expect(verdict).toMatchObject({ passed: 0, failed: 2 });
    expect(verdict.failures[0]).toMatch(/^GET \/v1\/me\n/);
    expect(verdict.failures[0]?.match(/not_a_server_error: Server error: it fell over/g)).toHaveLength(1);
    expect(verdict.failures[0]).toContain('{"x":1}\n→ 500 the answer');
  });

  it('fails an operation that was never asked, and one of which no request succeeded in any pass', () => {
    const refused = reportOf(scenario('GET', '/v1/me', 403), scenario('GET', '/v1/stats', null));
    expect(verdictOf(['GET /v1/me', 'GET /v1/stats', 'GET /v1/events'], [refused], []).failures).toEqual([
      'GET /v1/me\n  ! none of 1 requests succeeded: {"403":1}',
      'GET /v1/stats\n  ! none of 1 requests succeeded: {"none":1}',
      'GET /v1/events\n  ! was not asked',
    ]);
    const other = reportOf(scenario('GET', '/v1/me', 200));
    expect(verdictOf(['GET /v1/me'], [refused, other], [])).toMatchObject({ passed: 1, failed: 0 });
  });

  it('fails for what belongs to no operation: other methods, faults of schemathesis, a service that died', () => {
    const query = scenario('QUERY', '/v1/me', 400, [broken('unsupported_method')]);
    const report = reportOf(scenario('GET', '/v1/me', 200), query, { NonFatalError: { value: 'no data' } });
    const { passed, failures } = verdictOf(['GET /v1/me'], [report], ['a service died']);
    expect(passed).toBe(1);
    expect(failures.map((failure) => failure.split('\n', 1)[0])).toEqual([
      'QUERY /v1/me',
      'schemathesis',
      'a service died',
    ]);
  });
});
