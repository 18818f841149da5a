import { startMoto } from './infra/local/moto.ts';
import { startTrail } from './infra/local/trail.ts';
const moto = await startMoto(); const trail = await startTrail(moto.endpoint);
console.log(trail.endpoint);
await new Promise(() => setInterval(()=>{}, 1000));
