import fc from 'fast-check';

/** Property tests try the same examples each time, so that a failure is of the change and not of chance; SVCLAB_SEED tries others. */
fc.configureGlobal({ seed: Number(process.env.SVCLAB_SEED ?? 1) });
