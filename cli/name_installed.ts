/** Evaluated before anything asks for the program's name. */
(globalThis as unknown as Record<symbol, unknown>)[Symbol.for("puppet-cnn.installed")] = true;
