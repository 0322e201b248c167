/** How the program is called: what a person can paste into the terminal. */
export const PROGRAM: string = Deno.build.standalone ? "puppet-cnn" : "deno task puppet";
