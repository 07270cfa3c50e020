import { CurrentPrincipal, Operation, type Principal } from '@hookstile/service-runtime';
import { Controller, Get } from '@nestjs/common';

export interface Me {
  tenantId: string | null;
  role: Principal['role'];
  keyId: string | null;
}

@Controller('v1/me')
export class MeController {
  @Get()
  @Operation('me.get')
  me(@CurrentPrincipal() { tenantId, role, keyId }: Principal): Me {
    return { tenantId, role, keyId };
  }
}
