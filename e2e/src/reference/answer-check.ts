import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { closedSchema } from './closed-schema.js';
import type { OpenApiDocument } from './documented-example.js';

const DOCUMENT = 'openapi';

/** Finds what an answer has that the document does not promise, and what it lacks. */
export class AnswerCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor({ components }: OpenApiDocument) {
    // Times are compared with the examples' form.
    this.#ajv.addFormat('date-time', true);
    this.#ajv.addSchema(closedSchema({ $id: DOCUMENT, components }) as AnySchema);
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
