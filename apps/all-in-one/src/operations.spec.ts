import 'reflect-metadata';
import type { Role } from '@hookstile/contracts';
import {
  OPERATION,
  OPERATIONS,
  type OperationId,
  type ServiceContext,
  type ServiceDefinition,
} from '@hookstile/service-runtime';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { SERVICES } from './all-in-one.module.js';

interface Route {
  service: string;
  method: string;
  path: string;
  operation: OperationId | undefined;
}

type ModuleLike = DynamicModule | Type;

/** Enough of a context to build a module from: nothing of it is used before the application starts. */
function contextOf(definition: ServiceDefinition): ServiceContext {
  const dataSource = new DataSource({ type: 'postgres' });
  return { env: new definition.env(), dataSource, pools: new Map() } as unknown as ServiceContext;
}

function controllersOf(module: ModuleLike): Type[] {
  const type = 'module' in module ? module.module : module;
  const own: Partial<DynamicModule> = 'module' in module ? module : {};
  const imports = [...(Reflect.getMetadata(MODULE_METADATA.IMPORTS, type) ?? []), ...(own.imports ?? [])];
  const controllers = [...(Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, type) ?? []), ...(own.controllers ?? [])];
  return [...controllers, ...imports.flatMap((imported: ModuleLike) => controllersOf(imported))];
}

function pathOf(controller: Type, handler: object): string {
  const parts = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)];
  const segments = parts.flatMap((part: string) => part.split('/')).filter((segment) => segment !== '');
  const inBraces = (segment: string) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment);
  return `/${segments.map(inBraces).join('/').replaceAll('::', ':')}`;
}

function routesOf({ name }: ServiceDefinition, controller: Type): Route[] {
  return Object.getOwnPropertyNames(controller.prototype).flatMap((member): Route[] => {
    const handler: unknown = controller.prototype[member];
    const method = typeof handler === 'function' ? Reflect.getMetadata(METHOD_METADATA, handler) : undefined;
    if (typeof handler !== 'function' || method === undefined) return [];
    const operation = Reflect.getMetadata(OPERATION, handler);
    return [{ service: name, method: String(RequestMethod[method]), path: pathOf(controller, handler), operation }];
  });
}

const routes = SERVICES.flatMap(({ definition }) =>
  controllersOf(definition.module(contextOf(definition))).flatMap((controller) => routesOf(definition, controller)),
);

describe('the table of operations', () => {
  it.each(routes)('has $method $path of $service as one operation, as it is served', (route) => {
    expect(route.operation).toBeDefined();
    const { service, method, path } = OPERATIONS[route.operation as OperationId];
    expect({ service, method, path }).toEqual({ service: route.service, method: route.method, path: route.path });
  });

  it('holds no operation that is not served, and none twice', () => {
    expect(routes.map(({ operation }) => operation).sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it('lets viewers read all but keys, tenants and nothing else, and producers nothing but produce', () => {
    const mayOf = (role: Role) =>
      Object.entries(OPERATIONS).flatMap(([id, { access }]) =>
        access.kind === 'roles' && access.roles.includes(role) ? [id] : [],
      );
    const reads = Object.entries(OPERATIONS).flatMap(([id, { method }]) => (method === 'GET' ? [id] : []));
    expect(mayOf('viewer').sort()).toEqual(reads.filter((id) => !/^(api-keys|tenants)\./.test(id)).sort());
    expect(mayOf('producer').sort()).toEqual(['decisions.make', 'events.emit', 'me.get']);
    const beyondEditors = mayOf('admin').filter((id) => !mayOf('editor').includes(id));
    expect(beyondEditors.every((id) => id.startsWith('api-keys.'))).toBe(true);
  });
});
