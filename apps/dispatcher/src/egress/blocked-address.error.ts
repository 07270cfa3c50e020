/** A host that is, or resolves to, an address that must not be reached. */
export class BlockedAddressError extends Error {
  readonly code = 'blocked_address';

  constructor(
    readonly address: string,
    readonly range: string,
  ) {
    super(`The address ${address} is not public (${range}) and not in HOOKSTILE_EGRESS_ALLOW.`);
  }
}
