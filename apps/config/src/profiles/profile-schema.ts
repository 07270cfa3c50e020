import { BodyShape, Filter, Ordering, Plan, PUSH_MAX_ITEMS, Retry } from '@hookstile/contracts';
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** A misspelt member would be ignored without a word. */
const CLOSED = { additionalProperties: false };

const WholeNumber = Type.Integer({ minimum: 0 });

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

const Method = Type.Union([Type.Literal('POST'), Type.Literal('PUT'), Type.Literal('PATCH')]);

/** Without secrets: those are a user's own. */
const Auth = Type.Union([
  Type.Object({ type: Type.Literal('none') }, CLOSED),
  Type.Object({ type: Type.Literal('apiKey'), header: Type.String() }, CLOSED),
]);

const Signing = Type.Object(
  {
    scheme: Type.Union([Type.Literal('none'), Type.Literal('standard-webhooks')]),
    algorithm: Type.Union([Type.Literal('hmac-sha256'), Type.Literal('ed25519')]),
  },
  CLOSED,
);

/** What a profile fills in where a user gives nothing: each member of an integration, spelled out. */
const ProfileSettings = Type.Object(
  {
    eventTypes: Type.Array(Type.String(), { minItems: 1 }),
    filter: Filter,
    request: Type.Object(
      {
        method: Method,
        headers: Type.Record(Type.String(), Type.String()),
        auth: Auth,
        body: BodyShape,
        sign: Signing,
        timeoutMs: WholeNumber,
        tls: Type.Object({ verify: Type.Boolean() }, CLOSED),
      },
      CLOSED,
    ),
    ordering: Ordering,
    batch: Type.Object(
      { maxItems: Type.Integer({ minimum: 1, maximum: PUSH_MAX_ITEMS }), maxWaitMs: WholeNumber },
      CLOSED,
    ),
    retry: Retry,
    disableAfter: orNull(WholeNumber),
    disableAfterMs: orNull(WholeNumber),
    rateLimit: orNull(Type.Object({ perSecond: WholeNumber }, CLOSED)),
    logPayloads: Type.Union([Type.Literal('full'), Type.Literal('none')]),
  },
  CLOSED,
);
export type ProfileSettings = Static<typeof ProfileSettings>;

const common = {
  name: Type.String({ pattern: '^[a-z0-9-]+$' }),
  /** Raised with each file; what was made under a version keeps it. */
  version: Type.Integer({ minimum: 1 }),
  title: Type.String({ minLength: 1 }),
  description: Type.String({ minLength: 1 }),
};

const IntegrationProfile = Type.Object(
  {
    ...common,
    describes: Type.Literal('integration'),
    /** What must hold for an integration with this profile, and what its user must give. */
    requires: Type.Object({ plan: orNull(Plan), auth: Type.Boolean() }, CLOSED),
    /** Whether a tenant may have only one integration with this profile. */
    singleEndpoint: Type.Boolean(),
    settings: ProfileSettings,
  },
  CLOSED,
);
export type IntegrationProfile = Static<typeof IntegrationProfile>;

const DecisionRuleProfile = Type.Object(
  {
    ...common,
    describes: Type.Literal('decision-rule'),
    settings: Type.Object(
      {
        headers: Type.Record(Type.String(), Type.String()),
        auth: Type.Object({ type: Type.Literal('none') }, CLOSED),
        verification: Type.Union([Type.Literal('json'), Type.Literal('jsonp')]),
        match: Type.Union([Type.Literal('first'), Type.Literal('all')]),
        responseActions: Type.Array(Type.Never()),
        onError: Type.Union([Type.Literal('deny'), Type.Literal('allow')]),
        timeoutMs: WholeNumber,
        cacheSeconds: WholeNumber,
      },
      CLOSED,
    ),
  },
  CLOSED,
);

export const Profile = Type.Union([IntegrationProfile, DecisionRuleProfile]);
export type Profile = Static<typeof Profile>;

const checked = Compile(Profile);

/** A data file as a profile. Throws where it is none: a start with such a file must fail. */
export function profileOf(file: unknown): Profile {
  if (checked.Check(file)) return file;
  const { name, version } = (file ?? {}) as { name?: unknown; version?: unknown };
  const [error] = checked.Errors(file);
  throw new Error(`The profile ${String(name)}, version ${String(version)}, is not valid: ${JSON.stringify(error)}`);
}
