import { afterAll } from '@jest/globals';
import { startJobSystem, type JobSystem, type JobSystemOptions } from './jobSystem.js';
import { startSystem, type System } from './system.js';
import { useStarted } from './useStarted.js';

// The product for the tests of a file, or of the `describe` that asks for it: started before them, stopped after them.

/** One system, as {@link startSystem} starts it. Tests reach it, and so do hooks that stand below. */
export function useSystem(...given: Parameters<typeof startSystem>): System {
  const started = useStarted(() => startSystem(...given));
  return {
    get emulator() {
      return started().emulator;
    },
    get baseUrl() {
      return started().baseUrl;
    },
    get host() {
      return started().host;
    },
    call: (...sent) => started().call(...sent),
    patch: (...sent) => started().patch(...sent),
    preview: (...sent) => started().preview(...sent),
    stop: () => started().stop(),
    kill: () => started().kill(),
  };
}

/** One system with jobs, as {@link startJobSystem} starts it; reached like {@link useSystem}. */
export function useJobSystem(options: JobSystemOptions = {}): JobSystem {
  const started = useStarted(() => startJobSystem(options));
  return {
    get emulator() {
      return started().emulator;
    },
    get storage() {
      return started().storage;
    },
    get proxy() {
      return started().proxy;
    },
    get first() {
      return started().first;
    },
    start: (...own) => started().start(...own),
    stop: () => started().stop(),
  };
}

/**
 * For tests that need systems of their own.
 * @param settings of all of them
 * @returns what starts one: like {@link startSystem}, but each is stopped after the last test
 */
export function useSystems(settings: Record<string, string> = {}): typeof startSystem {
  const systems: System[] = [];
  afterAll(() => Promise.all(systems.map(({ stop }) => stop())));
  return async (environment, ...more) => {
    const system = await startSystem({ ...settings, ...environment }, ...more);
    systems.push(system);
    return system;
  };
}
