import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { template } from '../../fakes/template.ts';
import { EVENT_PICTURE, eventPicture } from '../../pictures/event.ts';

it('the picture of the way of an event shows the packaged template', () => {
  const stale = 'the picture is stale: run npm run pictures, and look at it';
  expect(readFileSync(EVENT_PICTURE, 'utf8'), stale).toBe(eventPicture(template()));
});
