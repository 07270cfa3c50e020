import { type Context, clientOf, printJson } from '../context.ts';
import type { AccountOptions } from '../login/account.ts';
import { printable } from '../terminal.ts';

export interface RedeliverOptions extends AccountOptions {
  json?: boolean;
}

/** Has a delivery sent once more. */
export async function redeliver(context: Context, deliveryId: string, options: RedeliverOptions): Promise<void> {
  const client = await clientOf(context, options);
  const path = `/v1/deliveries/${encodeURIComponent(deliveryId)}/redeliver`;
  const accepted = await client.call<{ deliveryId: string }>({ method: 'POST', path });
  if (options.json) return printJson(context, accepted);
  context.terminal.out(`Will be sent again: ${printable(accepted.deliveryId)}\n`);
}
