/** What an integration may want beside exact types: everything, or all types that begin as the pattern does before its `*`. */
export const ANY_TYPE = '*';
export const PREFIX_SUFFIX = '.*';
