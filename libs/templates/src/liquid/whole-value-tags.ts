import { type Context, CycleTag, EchoTag, type Emitter, evalToken, type Liquid, type Token, Value } from 'liquidjs';
import { PutOut } from './text-emitters.js';

type Step = Generator<unknown, void, unknown>;

/** What `liquidjs` keeps of these tags. Its own rendering opens values before it puts them out: `1.00` would become `1`. */
interface EchoParts {
  value?: Value;
}

interface CycleParts {
  candidates: Exclude<ConstructorParameters<typeof Value>[0], string>[];
  group?: Token;
  liquid: Liquid;
}

/** Puts a value out as `{{ … }}` does. */
export class WholeEcho extends EchoTag {
  override *render(context: Context, emitter: Emitter): Step {
    const { value } = this as unknown as EchoParts;
    if (value) emitter.write(new PutOut(yield value.value(context, false)));
  }
}

/** Puts the next of its values out each time, as `{{ … }}` does. */
export class WholeCycle extends CycleTag {
  override *render(context: Context, emitter: Emitter): Step {
    const { candidates, group, liquid } = this as unknown as CycleParts;
    const name = group && (yield evalToken(group, context));
    const cycle = `${name}:${candidates.map((candidate) => candidate.getText()).join()}`;
    const turns = context.getRegister('cycle', {}) as Record<string, number>;
    const turn = turns[cycle] ?? 0;
    turns[cycle] = turn + 1;
    const candidate = candidates[turn % candidates.length];
    if (candidate) emitter.write(new PutOut(yield new Value(candidate, liquid).value(context, false)));
  }
}
