import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ProblemError } from '../problems/problem.error.js';
import { type AuthenticatedRequest, PRINCIPAL } from './access.js';

/**
 * The second lock: no handler runs for a request that the admission hook has let nobody in for. The hook stands before
 * the body, so it is the one that decides.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    if (context.switchToHttp().getRequest<AuthenticatedRequest>()[PRINCIPAL]) return true;
    throw new ProblemError('forbidden', 'nobody may do this');
  }
}
