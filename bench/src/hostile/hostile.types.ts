/** Of a hostile receiver. */
export interface HostileEndpoint {
  url: string;
  /** Its authority, PEM, where its integration has to trust it. */
  ca: string | null;
}

/** Hostile receivers → parent, once they listen. */
export interface HostileReport {
  kind: 'listening';
  endpoints: HostileEndpoint[];
}
