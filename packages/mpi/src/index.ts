/** inkling-mpi: several machines that train one model, over an installed MPI. */
export { MpiError } from "./errors.ts";
export { type MpiGroup, startGroup } from "./group.ts";
export { type Environment, type Launch, type Launcher, launched } from "./launcher.ts";
