import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import type { OpenApiDocument } from './documented-example.js';

const DOCUMENT = 'openapi';

/** An object's schema names all its members, so that an answer with one more is an undocumented answer. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([member, value]) => [member, closed(value)]));
  return 'properties' in own && own.type === 'object' ? { additionalProperties: false, ...own } : own;
}

/** Finds what an answer has that the document does not promise, and what it lacks. */
export class AnswerCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor({ components }: OpenApiDocument) {
    // Times are compared with the examples' form.
    this.#ajv.addFormat('date-time', true);
    this.#ajv.addSchema(closed({ $id: DOCUMENT, components }) as AnySchema);
  }

  /** @param ref such as `#/components/schemas/Tenant` */
  problems(ref: string, answer: unknown): string[] {
    const validate = this.#ajv.getSchema(`${DOCUMENT}${ref}`);
    if (!validate) return [`the document has no ${ref}`];
    validate(answer);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  }
}
