import { describe, expect, it } from 'vitest';
import { inMemoryStateStore } from '../../../functions/pipeline/state-store.ts';

describe('the state store of one process', () => {
  it('changes nothing that is no longer what was seen', async () => {
    const stateStore = inMemoryStateStore();
    const later = new Date();
    expect(await stateStore.compareAndSet('i', null, 'a', later)).toEqual({ done: true });
    expect(await stateStore.compareAndSet('i', null, 'b', later)).toEqual({
      done: false,
      found: 'a',
    });
    expect(await stateStore.get('i')).toBe('a');
    expect(await stateStore.get('other')).toBeNull();
  });
});
