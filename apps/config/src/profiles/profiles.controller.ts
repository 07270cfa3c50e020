import { decodeCursor, encodeCursor, Operation, ProblemError, parseListQuery } from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '../input/page.js';
import { PROFILES } from '../tokens.js';
import type { ProfileCatalog } from './profile-catalog.js';
import type { Profile } from './profile-schema.js';

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

@Controller('v1/profiles')
export class ProfilesController {
  constructor(@Inject(PROFILES) private readonly profiles: ProfileCatalog) {}

  @Get()
  @Operation('profiles.list')
  list(@Query() query: unknown): Page<Profile> {
    const { limit, cursor } = parseListQuery(query, {});
    const from = cursor === null ? 0 : decodeCursor(cursor, isIndex);
    const profiles = this.profiles.list();
    const to = from + limit;
    return { items: profiles.slice(from, to), nextCursor: to < profiles.length ? encodeCursor(to) : null };
  }

  @Get(':name')
  @Operation('profiles.get')
  get(@Param('name') name: string): Profile {
    const profile = this.profiles.newest(name);
    if (!profile) throw new ProblemError('not_found', 'There is no such profile.');
    return profile;
  }
}
