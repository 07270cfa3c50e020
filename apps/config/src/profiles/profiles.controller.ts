import {
  AnyKey,
  CurrentPrincipal,
  decodeCursor,
  encodeCursor,
  type Principal,
  ProblemError,
  parseListQuery,
} from '@hookstile/service-runtime';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '../input/page.js';
import { PROFILES } from '../tokens.js';
import type { ProfileCatalog } from './profile-catalog.js';
import type { Profile } from './profile-schema.js';

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/** Profiles belong to no tenant, so the platform key needs none here; a producer's key only writes events. */
function refuseProducers({ role }: Principal): void {
  if (role === 'producer') throw new ProblemError('forbidden', 'the role producer may not do this');
}

@Controller('v1/profiles')
@AnyKey()
export class ProfilesController {
  constructor(@Inject(PROFILES) private readonly profiles: ProfileCatalog) {}

  @Get()
  list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Page<Profile> {
    refuseProducers(principal);
    const { limit, cursor } = parseListQuery(query, {});
    const from = cursor === null ? 0 : decodeCursor(cursor, isIndex);
    const profiles = this.profiles.list();
    const to = from + limit;
    return { items: profiles.slice(from, to), nextCursor: to < profiles.length ? encodeCursor(to) : null };
  }

  @Get(':name')
  get(@Param('name') name: string, @CurrentPrincipal() principal: Principal): Profile {
    refuseProducers(principal);
    const profile = this.profiles.newest(name);
    if (!profile) throw new ProblemError('not_found', 'There is no such profile.');
    return profile;
  }
}
