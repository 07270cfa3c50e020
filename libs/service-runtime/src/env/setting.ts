/** What the generated settings reference says of a variable beyond its name, default and checks. */
export interface SettingOptions {
  description: string;
  unit?: 'ms' | 'bytes' | 'seconds' | 'days' | 'count';
  /** The value never appears in logs, errors or documentation. */
  secret?: boolean;
}

export interface SettingMetadata extends SettingOptions {
  name: string;
}

const settingsOfClass = new WeakMap<object, SettingMetadata[]>();

/** Documents a variable of an env class: `@Setting({ description: 'Attempts in flight.', unit: 'count' })`. */
export function Setting(options: SettingOptions): PropertyDecorator {
  return (prototype, property) => {
    const known = settingsOfClass.get(prototype) ?? [];
    settingsOfClass.set(prototype, [...known, { ...options, name: String(property) }]);
  };
}

/** The settings of a class and of those it extends, the base class's first; a repeated name keeps the last text. */
export function settingsOf(envClass: abstract new () => object): SettingMetadata[] {
  const byName = new Map<string, SettingMetadata>();
  const chain: object[] = [];
  for (let at: object | null = envClass.prototype; at; at = Object.getPrototypeOf(at)) chain.unshift(at);
  for (const prototype of chain) {
    for (const setting of settingsOfClass.get(prototype) ?? []) byName.set(setting.name, setting);
  }
  return [...byName.values()];
}
