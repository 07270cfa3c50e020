import type { OperationReference } from '@hookstile/service-runtime';
import { answerRef } from './answers.ts';
import { examplesOf } from './examples.ts';
import type { InputSchemas, Schema } from './input-schemas.ts';

export function requestBodyOf(
  { request, examples }: OperationReference,
  inputs: InputSchemas,
  answers: Record<string, Schema>,
): Schema | null {
  if (!request) return null;
  const [first = ''] = Object.keys(request.content);
  const content = Object.entries(request.content).map(([mediaType, shape]) => {
    const schema =
      typeof shape === 'function' ? inputs.ref(shape, request.isPatch ?? false) : answerRef(shape, answers);
    const own = examplesOf(examples, (example) =>
      (example.mediaType ?? first) === mediaType ? example.request : undefined,
    );
    return [mediaType, { schema, ...own }];
  });
  return { required: request.required, content: Object.fromEntries(content) };
}
