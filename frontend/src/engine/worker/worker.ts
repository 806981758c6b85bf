/** Entry of the engine's worker: everything it does is EngineService. */
import { EngineService } from "./service";
import type { ToEngine } from "./service";

// The page's TypeScript library has no worker scope; these two members are all that is used of it.
const scope = self as unknown as {
  postMessage(message: unknown): void;
  onmessage: (event: MessageEvent<ToEngine>) => void;
};
const service = new EngineService((message) => scope.postMessage(message));
scope.onmessage = (event) => void service.receive(event.data);
