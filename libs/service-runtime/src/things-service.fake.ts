import { createHash } from 'node:crypto';
import {
  type BeforeApplicationShutdown,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { IsString } from 'class-validator';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { CurrentPrincipal, Guarded } from './auth/access.js';
import { ANY_KEY, EDITORS, PLATFORM, PRODUCERS, READERS } from './auth/operations/operation.js';
import { type Principal, tenantOf } from './auth/principal.js';
import { BaseEnv } from './env/base.env.js';
import { parseListQuery } from './input/list-query.js';
import { parseBody } from './input/parse-body.js';
import { ProblemError } from './problems/problem.error.js';
import type { ServiceDefinition } from './service.js';
import { DATA_SOURCE } from './tokens.js';

export const RAW_MAX_BYTES = 1024 * 1024;

class ThingDto {
  @IsString()
  name: string;
}

@Controller('v1')
class ThingsController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Get('things')
  @Guarded(READERS)
  async list(@Query() query: unknown) {
    const page = parseListQuery(query, {});
    return { items: await this.dataSource.query('SELECT id FROM things'), ...page };
  }

  @Post('things')
  @Guarded(EDITORS)
  create(@Body() body: unknown, @CurrentPrincipal() principal: Principal) {
    return { name: parseBody(ThingDto, body).name, tenantId: tenantOf(principal), keyName: principal.keyName };
  }

  @Patch('things/:id')
  @Guarded(EDITORS)
  patch(@Param('id') id: string, @Body() body: unknown) {
    return { id, body };
  }

  @Get('things/:id')
  @Guarded(READERS)
  read(@Param('id') id: string) {
    if (id === 'boom') throw new TypeError(`secret-detail of ${id}`);
    throw new ProblemError('not_found', `there is no thing ${id}`);
  }

  @Post('raw')
  @HttpCode(202)
  @Guarded(PRODUCERS)
  raw(@Body() body: Buffer) {
    return { bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
  }

  @Get('tenants')
  @Guarded(PLATFORM)
  tenants() {
    return { items: [] };
  }

  @Get('me')
  @Guarded(ANY_KEY)
  me(@CurrentPrincipal() principal: Principal) {
    return principal;
  }

  @Get('forgotten')
  forgotten() {
    return {};
  }
}

/** What a test does while the service drains: its dependencies must still be there. */
export const draining: { act: (dataSource: DataSource) => Promise<void> } = { act: async () => undefined };

@Injectable()
class Drain implements BeforeApplicationShutdown {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  beforeApplicationShutdown(): Promise<void> {
    return draining.act(this.dataSource);
  }
}

@Module({ controllers: [ThingsController], providers: [Drain] })
class ThingsModule {}

class CreateThings1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE things (id text PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE things');
  }
}

/** A service with a route of each kind, for the runtime's own tests. */
export const thingsService: ServiceDefinition = {
  name: 'event-ingest',
  env: BaseEnv,
  schema: 'never_used',
  migrations: [CreateThings1700000000000],
  rawBodyRoutes: ['/v1/raw'],
  bodyMaxBytes: { '/v1/raw': RAW_MAX_BYTES },
  module: () => ThingsModule,
};
