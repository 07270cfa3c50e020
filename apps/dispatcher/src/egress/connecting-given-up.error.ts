/** Nobody waits for this connection any more. */
export class ConnectingGivenUpError extends Error {
  readonly code = 'connecting_given_up';

  constructor() {
    super('The request that the connection was for has ended');
  }
}
