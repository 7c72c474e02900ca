/** The error of this package. Its grammar is the library's: where: expected E, got G. What to do. */
import { InklingError } from "inkling";

/** No MPI that can be used, one that does not belong to its launcher, or a call of MPI that failed. */
export class MpiError extends InklingError {
  override readonly code = "INKLING_GROUP";
}
