import 'reflect-metadata';
import { createRequire } from 'node:module';
import type { InputClass } from '@hookstile/service-runtime';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { ISchemaConverters } from 'class-validator-jsonschema/build/defaultConverters.js';

/** JSON Schema, as far as this module makes it. */
export type Schema = Record<string, unknown>;

interface Check {
  type: string;
  target: unknown;
  propertyName: string;
  each?: boolean;
  constraints?: unknown[];
}

const require = createRequire(import.meta.url);
/** What `@Type` recorded; class-transformer exports it under no name of its package. */
const { defaultMetadataStorage } = require('class-transformer/cjs/storage.js') as {
  defaultMetadataStorage: {
    findTypeMetadata(target: unknown, property: string): { typeFunction(): InputClass } | undefined;
  };
};

const NULLABLE = 'x-nullable';

/** What stands for "as it is" in a document that was read and is sent again. */
const SECRET: Schema = {
  description: 'A secret; what it reads back as leaves it as it is.',
  anyOf: [
    { type: 'string' },
    {
      type: 'object',
      properties: { set: { const: true }, lastFour: { type: 'string' }, updatedAt: { type: 'string' } },
      required: ['set'],
    },
  ],
};

const HEADERS: Schema = {
  description: 'Header names and values, or the text "A: b, C: d".',
  anyOf: [{ type: 'object', additionalProperties: SECRET }, { type: 'string' }],
};

/** Checks of our own, by their names, and those of which the library knows less than we do. */
const CONVERTERS: Record<string, Schema | ((check: Check) => Schema)> = {
  isSecret: SECRET,
  isHeaders: HEADERS,
  isJsonValue: {},
  isTime: { type: 'string', format: 'date-time' },
  isBody: { description: 'Text, or any JSON, which is sent as text.' },
  isObject: { type: 'object' },
  // The library calls whatever has a bound a number, also where another check wants it whole.
  min: ({ constraints }: Check) => ({ minimum: constraints?.[0] }),
  max: ({ constraints }: Check) => ({ maximum: constraints?.[0] }),
  conditionalValidation: ({ constraints }: Check) => (takesNull(constraints) ? { [NULLABLE]: true } : {}),
  nestedValidation: ({ target, propertyName }: Check) => {
    const nested = defaultMetadataStorage.findTypeMetadata(target, propertyName)?.typeFunction();
    return nested ? { $ref: refOf(nested) } : {};
  },
  customValidation: ({ propertyName, type }: Check) => {
    throw new Error(`the API reference does not know what the check ${type} of ${propertyName} means`);
  },
};

function takesNull(constraints: unknown[] | undefined): boolean {
  const applies = constraints?.[0];
  return typeof applies === 'function' && applies({}, null) === false;
}

export function inputNameOf({ name }: InputClass): string {
  return name.replace(/Dto$/, 'Input');
}

function refOf(dto: InputClass): string {
  return `#/components/schemas/${inputNameOf(dto)}`;
}

/** What the decorators of input classes say, as JSON Schemas under the classes' names. */
export class InputSchemas {
  readonly schemas: Record<string, Schema> = {};
  readonly #classes = new Map<string, InputClass>();

  /** The reference to a class's schema; the schema and those that it refers to are in `schemas` from then on. */
  ref(dto: InputClass, isPatch: boolean): Schema {
    const name = isPatch ? `${inputNameOf(dto).replace(/Input$/, '')}Patch` : inputNameOf(dto);
    const known = this.#classes.get(name);
    if (known && known !== dto) throw new Error(`two input classes are called ${name}`);
    if (!known) this.#add(name, dto, isPatch);
    return { $ref: `#/components/schemas/${name}` };
  }

  #add(name: string, dto: InputClass, isPatch: boolean): void {
    this.#classes.set(name, dto);
    const made = targetConstructorToSchema(dto, { additionalConverters: CONVERTERS as ISchemaConverters }) as Schema;
    const { required, properties, ...rest } = made;
    this.schemas[name] = {
      ...rest,
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Schema>).map(([member, schema]) => [
          member,
          this.#member(schema, isPatch),
        ]),
      ),
      ...(isPatch || required === undefined ? {} : { required }),
    };
    for (const [member, nested] of nestedClassesOf(dto)) {
      this.ref(nested, isPatch && (properties as Record<string, Schema>)[member]?.type !== 'array');
    }
  }

  #member(schema: Schema, isPatch: boolean): Schema {
    const { [NULLABLE]: nullable, type, ...rest } = schema;
    let own: Schema =
      '$ref' in rest ? this.#nested(rest, isPatch) : { ...(type === undefined ? {} : { type }), ...rest };
    // A patch replaces an array whole: what stands in it is no patch.
    if (own.items) own = { ...own, items: this.#member(own.items as Schema, false) };
    return nullable === true || isPatch ? orNull(own) : own;
  }

  #nested({ $ref }: Schema, isPatch: boolean): Schema {
    return { $ref: isPatch ? String($ref).replace(/Input$/, 'Patch') : $ref };
  }
}

function orNull(schema: Schema): Schema {
  return Object.keys(schema).length === 0 ? schema : { anyOf: [schema, { type: 'null' }] };
}

/** By member. */
function nestedClassesOf(dto: InputClass): [member: string, nested: InputClass][] {
  const storage = defaultMetadataStorage as unknown as {
    getExposedProperties?: unknown;
    _typeMetadatas: Map<unknown, Map<string, { typeFunction(): InputClass }>>;
  };
  const found: [string, InputClass][] = [];
  for (let at: unknown = dto; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const [member, { typeFunction }] of storage._typeMetadatas.get(at) ?? []) found.push([member, typeFunction()]);
  }
  return found;
}
