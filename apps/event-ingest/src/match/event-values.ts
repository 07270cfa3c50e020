import type { EventAttributes } from '@hookstile/contracts';
import { type PointedValue, pointedScalar, textValue } from './pointed-value.js';
import type { PointerTree } from './pointer-tree.js';

/** An event that was accepted: its data is JSON. */
export interface MatchedEvent {
  readonly attributes: EventAttributes;
  readonly data: Buffer;
}

const DATA = '/data';

export function pointsIntoData(pointer: string): boolean {
  return pointer.startsWith(DATA) && (pointer.length === DATA.length || pointer.charAt(DATA.length) === '/');
}

/** What one event has at the pointers of a tenant's filters. Its data is read when it is asked for, and once. */
export class EventValues {
  private readonly attributes = new Map<string, PointedValue | undefined>();
  private inData: ReadonlyMap<string, PointedValue> | null = null;

  /** @param tree the pointers into data, from its root */
  constructor(
    private readonly event: MatchedEvent,
    private readonly tree: PointerTree,
  ) {}

  at(pointer: string): PointedValue | undefined {
    if (!pointsIntoData(pointer)) return this.attribute(pointer);
    this.inData ??= this.tree.read(this.event.data);
    return this.inData.get(pointer);
  }

  private attribute(pointer: string): PointedValue | undefined {
    if (this.attributes.has(pointer)) return this.attributes.get(pointer);
    const value = attributeOf(this.event.attributes, pointer.slice(1));
    this.attributes.set(pointer, value);
    return value;
  }
}

/** Kept where it is another one only; a receiver of CloudEvents is told it of each event. */
const USUAL_CONTENT_TYPE = 'application/json';

function extensionOf({ extensions }: EventAttributes, name: string): PointedValue | undefined {
  const value = Object.hasOwn(extensions, name) ? extensions[name] : undefined;
  return value === undefined ? undefined : pointedScalar(value);
}

/** An attribute that was not given is absent, for CloudEvents know no null. */
function attributeOf(event: EventAttributes, name: string): PointedValue | undefined {
  switch (name) {
    case 'specversion':
      return textValue('1.0');
    case 'id':
    case 'source':
    case 'type':
    case 'subject':
    case 'time': {
      const text = event[name];
      return text === null ? undefined : textValue(text);
    }
    case 'datacontenttype':
      return extensionOf(event, name) ?? textValue(USUAL_CONTENT_TYPE);
    default:
      return extensionOf(event, name);
  }
}
