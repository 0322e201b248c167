import { CHECKOUT_PROGRAM } from "../lib/reports/command_line.ts";

/** Whether `puppet-cnn.ts` started the program: as an installed command, a bundle or a binary. */
const isInstalled: boolean = Symbol.for("puppet-cnn.installed") in globalThis;

/** How the program is called: what a person can paste into the terminal. */
export const PROGRAM: string = isInstalled ? "puppet-cnn" : CHECKOUT_PROGRAM;
