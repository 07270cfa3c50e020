/** A newer release wrote the record. To skip it would lose it, so its partition stops until this service is newer too. */
export class UnknownContractVersionError extends Error {
  readonly code = 'unknown_contract_version';
  readonly retryable = false;

  constructor(
    readonly position: { topic: string; partition: number; offset: number },
    readonly version: string,
  ) {
    super(
      `${position.topic}[${position.partition}] at ${position.offset} holds ${version}, which this release does not know`,
    );
  }
}
