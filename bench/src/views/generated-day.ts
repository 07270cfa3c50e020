/**
 * What one day of a busy platform leaves in audit's tables, made inside Postgres. Whatever is drawn comes from
 * `random()` behind a seed of the day, so that two runs measure the same rows. Ids are hexadecimal where real ones are
 * base 32: their prefixes are a little less selective.
 */
export const TENANTS = 10;
/** Holds this share of all rows. */
export const BIG_TENANT_SHARE = 0.7;
export const INTEGRATIONS_OF_BIG = 2_000;
export const INTEGRATIONS_OF_OTHERS = 150;
/** Attempts an event, as what follows draws them; found by counting. */
export const ATTEMPTS_PER_EVENT = 1.37;
/** Pushes of this tenant are batches. */
export const BATCHING_TENANT = 3;
export const RARE_TYPE = 'rare.thing.happened';
export const RARE_STATUS = 418;

const md5Id = (prefix: string, of: string) => `'${prefix}' || substr(md5(${of}), 1, 26)`;
const oneOf = (words: readonly string[], index: string) =>
  `(array[${words.map((word) => `'${word}'`).join(',')}])[1 + (${index})]`;

const NOUNS = ['device', 'agent', 'policy', 'user', 'scan', 'alert', 'license', 'network'];
const VERBS = ['created', 'updated', 'removed', 'compliant', 'installed'];
const TYPES = NOUNS.length * VERBS.length;

/** $1 the day's beginning, $2 how many events, $3 the day's number, for ids. */
const EVENTS = `
  create temporary table generated_events on commit drop as
  with drawn as materialized (
    select n, $1::timestamptz + (n + random()) * (interval '1 day' / $2::double precision) as accepted_at,
      random() as tenant, random() as type, random() as outcome, random() as integration, random() as source
    from generate_series(0, $2::integer - 1) as n
  ), placed as (
    select n, date_trunc('milliseconds', accepted_at) as accepted_at, outcome as drawn_outcome,
      case when tenant < ${BIG_TENANT_SHARE} then 0
        else 1 + floor((tenant - ${BIG_TENANT_SHARE}) / ${1 - BIG_TENANT_SHARE} * ${TENANTS - 1})::integer end as tenant,
      floor(${TYPES} * type ^ 3)::integer as type, type as drawn_type, integration,
      '/sources/' || floor(200 * source ^ 3) as source
    from drawn
  )
  select n, accepted_at, tenant, 'ten_bench_' || tenant as tenant_id, source, integration,
    ${md5Id('evt_', `$3::text || 'e' || n`)} as event_id,
    case when drawn_type < 0.00002 then '${RARE_TYPE}'
      else ${oneOf(NOUNS, `type % ${NOUNS.length}`)} || '.' || ${oneOf(VERBS, `type / ${NOUNS.length}`)} end as type,
    case when drawn_outcome < 0.97 then 'routed' when drawn_outcome < 0.99 then 'filtered'
      when drawn_outcome < 0.999 then 'duplicate' else 'rejected' end as outcome,
    md5($3::text || 't' || n) as trace_id
  from placed`;

/** $1 the day's number, for ids. */
const DELIVERIES = `
  create temporary table generated_deliveries on commit drop as
  with drawn as materialized (
    select e.*, copy, random() as fate, random() as first_try,
      case when tenant = 0 then ${INTEGRATIONS_OF_BIG} else ${INTEGRATIONS_OF_OTHERS} end as integrations
    from generated_events as e, generate_series(0, case when n % 3 = 0 then 1 else 0 end) as copy
    where outcome = 'routed'
  )
  select drawn.*, ${md5Id('dlv_', `$1::text || 'd' || n || '_' || copy`)} as delivery_id,
    ${md5Id('int_', `'i' || tenant || '_' || (floor(integrations * integration ^ 2)::integer + copy) % integrations`)}
      as integration_id,
    case when fate < 0.97 then 'delivered' when fate < 0.985 then 'failed' when fate < 0.987 then 'pending'
      when fate < 0.997 then 'held' else 'discarded' end as status,
    case when fate >= 0.987 then 0 when fate >= 0.985 then 1 when fate >= 0.97 then 3
      when first_try < 0.05 then 2 else 1 end as attempts
  from drawn`;

const ATTEMPTS = `
  create temporary table generated_attempts on commit drop as
  with drawn as materialized (
    select d.*, attempt, random() as duration, random() as answer, random() as triggered,
      attempt = attempts and status = 'delivered' as succeeded
    from generated_deliveries as d, generate_series(1, attempts) as attempt
  ), answered as (
    select drawn.*, case when succeeded then null when answer < 0.7 then 'http_status' when answer < 0.9 then 'timeout'
        when answer < 0.97 then 'connect' when answer < 0.995 then 'dns' when answer < 0.999 then 'tls'
        else 'redirect' end as error
    from drawn
  )
  select *, date_trunc('milliseconds', accepted_at + (attempt * attempt * 20 + duration) * interval '1 second') as at,
    case when succeeded and answer < 0.95 then 200 when succeeded and answer < 0.99 then 202
      when succeeded and answer < 0.999 then 204 when succeeded then 201 when error = 'redirect' then 301
      when error <> 'http_status' then null when answer < 0.4 then 500 when answer < 0.6 then 503
      when answer < 0.66 then 429 when answer < 0.6995 then 404 else ${RARE_STATUS} end as http_status
  from answered`;

const INSERT_EVENTS = `
  insert into events (tenant_id, event_id, source_partition, source_offset, source, type, subject, event_time, accepted_at,
    via, outcome, reason, detail, delivery_ids, integration_ids, trace_id)
  select e.tenant_id, e.event_id, e.n % 12, $1::bigint * 100000000 + e.n, e.source, e.type, 'subject-' || e.n % 5000, null,
    e.accepted_at, 'http', e.outcome, case when e.outcome = 'rejected' then 'data_not_json' end, null,
    array(select delivery_id from generated_deliveries as d where d.n = e.n order by 1),
    array(select integration_id from generated_deliveries as d where d.n = e.n order by delivery_id), e.trace_id
  from generated_events as e order by e.accepted_at`;

const INSERT_DELIVERIES = `
  insert into deliveries (delivery_id, tenant_id, integration_id, event_id, event_source, event_type, accepted_at, status,
    reason, next_attempt_at, finished_at, delivery_offset, epoch, sequence)
  select delivery_id, tenant_id, integration_id, event_id, source, type, accepted_at, status,
    case when status = 'delivered' then null else 'http_status' end, null,
    case when status in ('pending', 'held') then null
      else accepted_at + greatest(attempts, 1) ^ 2 * interval '21 seconds' end, n, 1, n
  from generated_deliveries order by accepted_at`;

const member = (kind: string, of: number) => md5Id(kind, `delivery_id || 'm${of}'`);
const arrayOf = (kind: string, first: string) => `array[${first}, ${member(kind, 1)}, ${member(kind, 2)}]`;
const ofBatch = (value: string) => `case when tenant = ${BATCHING_TENANT} then ${value} end`;

const INSERT_ATTEMPTS = `
  insert into attempts (attempt_id, tenant_id, integration_id, delivery_id, delivery_ids, event_id, event_source, event_type,
    event_ids, event_types, at, epoch, attempt, redelivery_offset, trigger, outcome, http_status, error, error_detail,
    duration_ms, next_attempt_at, trace_id, late, method, url, request_headers, request_truncated, response_headers,
    response_truncated, request_body, response_body, flush)
  select 'att_' || substr(delivery_id, 5) || '_1_' || attempt, tenant_id, integration_id, delivery_id,
    ${ofBatch(arrayOf('dlv_', 'delivery_id'))}, event_id, source, type, ${ofBatch(arrayOf('evt_', 'event_id'))},
    ${ofBatch(`array[type, 'batch.member']`)}, at, 1, attempt, 0,
    case when triggered < 0.999 then 'event' when triggered < 0.9999 then 'redelivery' else 'test' end,
    case when succeeded then 'succeeded' else 'failed' end, http_status, error,
    case error when 'http_status' then 'The endpoint answered ' || http_status || '.'
      when 'timeout' then 'No answer came within 15000 ms.' when 'connect' then 'connect ECONNREFUSED 192.0.2.7:443'
      when 'dns' then 'getaddrinfo ENOTFOUND hooks.example.com' when 'tls' then 'certificate has expired'
      when 'redirect' then 'The endpoint redirects (301) to nowhere; redirects are not followed.' end,
    duration * 1000, null, trace_id, false, 'POST', 'https://hooks.example.com/' || substr(integration_id, 5),
    '[["content-type","application/json"],["user-agent","Hookstile/0.1.0"],["webhook-id","' || delivery_id ||
      '"],["webhook-timestamp","1767323046"],["webhook-signature","v1,mF2k9wVQm0yqJ9H8mR7Zs1vZ1f8d2w3J6s7m8n9o0pQ="],' ||
      '["traceparent","00-' || trace_id || '-b7ad6b7169203331-01"]]', false,
    case when http_status is not null
      then '[["content-type","application/json"],["server","nginx"],["content-length","2"]]' end, false,
    convert_to('{"type":"' || type || '","timestamp":"2026-01-01T00:00:00.000Z","data":{"n":' || n || ',"of":"' ||
      event_id || '"}}', 'UTF8'), convert_to('ok', 'UTF8'), $1::bigint * 1000000 + n / 500
  from generated_attempts order by at`;

/** $1 the day's beginning, $2 how many, $3 the day's number. */
const INSERT_DECISIONS = `
  insert into activity_log (id, tenant_id, at, rule_id, rule_name, rule_version, decision, code, reason, http_status,
    duration_ms, cached, username, remote_ip, device_id, trace_id)
  select ${md5Id('dec_', `$3::text || 'a' || n`)}, 'ten_bench_' || floor(${TENANTS} * tenant ^ 4)::integer,
    date_trunc('milliseconds', $1::timestamptz + n * (interval '1 day' / $2::double precision)),
    'rul_' || floor(20 * tenant)::integer, 'posture', 1, case when fate < 0.9 then 'granted' else 'denied' end,
    case when fate < 0.9 then 'matched' when fate < 0.98 then 'no_match' when fate < 0.998 then 'timeout'
      else 'unparseable' end, 'A response action matched.', 200, 9.5, false,
    'user' || floor(20000 * person ^ 2)::integer, '203.0.113.8', null, md5('x' || n)
  from (select n, random() as tenant, random() as fate, random() as person
    from generate_series(0, $2::integer - 1) as n offset 0) as drawn`;

/** $1 the day's beginning, $2 how many, $3 the day's number. */
const INSERT_CHANGES = `
  insert into audit_log (id, tenant_id, at, action, actor_type, actor_id, actor_name, actor_role, subject_type, subject_id,
    subject_name, before, after, request_id)
  select 'aud_' || lpad(($3::bigint * 10000000 + n)::text, 16, '0'), 'ten_bench_' || floor(${TENANTS} * tenant ^ 4)::integer,
    date_trunc('milliseconds', $1::timestamptz + n * (interval '1 day' / $2::double precision)),
    case when fate < 0.9 then 'delivery.redelivered' when fate < 0.98 then 'integration.updated'
      when fate < 0.999 then 'integration.created' else 'api_key.deleted' end,
    'api_key', 'key_' || floor(50 * fate)::integer, 'ops', 'editor',
    case when fate < 0.9 then 'delivery' when fate < 0.999 then 'integration' else 'api_key' end,
    case when fate < 0.9 then ${md5Id('dlv_', `$3::text || 'd' || n || '_0'`)}
      else 'int_' || floor(1000 * tenant)::integer end,
    null, '{"status":"failed"}', '{"status":"pending"}', 'req_' || n
  from (select n, random() as tenant, random() as fate from generate_series(0, $2::integer - 1) as n offset 0) as drawn`;

export interface GeneratedDay {
  /** Unix milliseconds. */
  beginMs: number;
  /** From 0. */
  day: number;
  events: number;
  decisions: number;
  changes: number;
}

/** In this order, in one transaction. */
export function statementsOf({ beginMs, day, events, decisions, changes }: GeneratedDay) {
  const begin = new Date(beginMs);
  return [
    { text: `select setseed($1::double precision / 100)`, values: [day] },
    { text: EVENTS, values: [begin, events, day] },
    { text: DELIVERIES, values: [day] },
    { text: 'create index on generated_deliveries (n)', values: [] },
    { text: 'analyze generated_events, generated_deliveries', values: [] },
    { text: ATTEMPTS, values: [] },
    { text: INSERT_EVENTS, values: [day] },
    { text: INSERT_DELIVERIES, values: [] },
    { text: INSERT_ATTEMPTS, values: [day] },
    { text: INSERT_DECISIONS, values: [begin, decisions, day] },
    { text: INSERT_CHANGES, values: [begin, changes, day] },
  ];
}
