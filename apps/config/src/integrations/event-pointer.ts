/** An attribute or an extension of the event as CloudEvents JSON, or anything in its `data`. */
const EVENT_POINTER = /^\/(data(\/([^~/]|~[01])*)*|[a-z0-9]+)$/;

/** Whether a text is a JSON pointer to something that an event can have. */
export function isEventPointer(text: string): boolean {
  return EVENT_POINTER.test(text);
}
