import { Role } from '@hookstile/contracts';
import { CurrentPrincipal, Nullable, Operation, type Principal } from '@hookstile/service-runtime';
import { Controller, Get } from '@nestjs/common';
import { type Static, Type } from 'typebox';

export const Me = Type.Object({
  tenantId: Nullable(Type.String()),
  role: Type.Union([Role, Type.Literal('platform')]),
  keyId: Nullable(Type.String()),
});
export type Me = Static<typeof Me>;

@Controller('v1/me')
export class MeController {
  @Get()
  @Operation('me.get')
  me(@CurrentPrincipal() { tenantId, role, keyId }: Principal): Me {
    return { tenantId, role, keyId };
  }
}
