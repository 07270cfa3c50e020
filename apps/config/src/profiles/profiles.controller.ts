import { AnyKey, CurrentPrincipal, type Principal, ProblemError, parseListQuery } from '@hookstile/service-runtime';
import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Page } from '../input/page.js';
import { PROFILES, type Profile, profileNamed } from './profile.js';

/** Profiles belong to no tenant, so the platform key needs none here; a producer's key only writes events. */
function refuseProducers({ role }: Principal): void {
  if (role === 'producer') throw new ProblemError('forbidden', 'the role producer may not do this');
}

@Controller('v1/profiles')
@AnyKey()
export class ProfilesController {
  @Get()
  list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Page<Profile> {
    refuseProducers(principal);
    const { limit, cursor } = parseListQuery(query, {});
    if (cursor !== null) throw new ProblemError('malformed', 'cursor: not one that this list gave out');
    return { items: PROFILES.slice(0, limit), nextCursor: null };
  }

  @Get(':name')
  get(@Param('name') name: string, @CurrentPrincipal() principal: Principal): Profile {
    refuseProducers(principal);
    const profile = profileNamed(name);
    if (!profile) throw new ProblemError('not_found', 'There is no such profile.');
    return profile;
  }
}
