/**
 * Every example of the API reference, in an order in which each finds what it needs: an id in one stands for what an
 * earlier one's answer named.
 */
export const STORY: readonly string[] = [
  'tenants.create/created',
  'tenants.list/first',
  'tenants.get/found',
  'tenants.update/plan',
  'api-keys.create/producer',
  'api-keys.list/first',
  'me.get/platform',
  'api-keys.delete/deleted',
  'tenants.delete/deleted',
];
