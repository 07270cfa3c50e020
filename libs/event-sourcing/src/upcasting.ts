import { UnreadableDomainEventError } from './unreadable-domain-event.error.js';

/** The data of one version of a domain event as the next version has it; pure, and never changed once released. */
export type Upcast = (data: unknown) => unknown;

/** By type of domain event: from version 1 to 2, from 2 to 3…; a type without any is at version 1. */
export type Upcasts<Type extends string = string> = Partial<Record<Type, readonly Upcast[]>>;

/** What an aggregate's stored domain events can be. */
export interface DomainEventForms<Type extends string = string> {
  types: readonly Type[];
  upcasts: Upcasts<Type>;
}

/** A domain event as a store has it; `schemaVersion` is the version of `data`'s form, not the aggregate's. */
export interface StoredForm {
  type: string;
  schemaVersion: number;
  data: unknown;
}

/** The version that new domain events of this type are stored in. */
export function newestSchemaVersion<Type extends string>(forms: DomainEventForms<Type>, type: Type): number {
  return 1 + (forms.upcasts[type]?.length ?? 0);
}

/** The data in its newest form. Throws `UnreadableDomainEventError` for a type or version that is not known here. */
export function upcast<Type extends string>(forms: DomainEventForms<Type>, stored: StoredForm): unknown {
  const type = forms.types.find((known) => known === stored.type);
  if (type === undefined) {
    throw new UnreadableDomainEventError('unknown_domain_event', `"${stored.type}" is no domain event of this release`);
  }
  const newest = newestSchemaVersion(forms, type);
  if (!Number.isInteger(stored.schemaVersion) || stored.schemaVersion < 1 || stored.schemaVersion > newest) {
    throw new UnreadableDomainEventError(
      'newer_domain_event',
      `${type} is stored in version ${stored.schemaVersion}, and this release reads up to ${newest}`,
    );
  }
  const missing = forms.upcasts[type]?.slice(stored.schemaVersion - 1) ?? [];
  return missing.reduce((data, step) => step(data), stored.data);
}
