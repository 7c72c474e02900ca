/**
 * The vector instructions as methods. Their names are Intel's, and what is written comes first. One method stands for
 * both encodings: `vaddps(ymm(0), ymm(1), ymm(2))` is AVX2 and `vaddps(zmm(0), zmm(1), zmm(20))` AVX-512.
 */
import { AssemblyError } from "../errors.ts";
import type { Code } from "./code.ts";
import { checkWidth, emit, type Lanes, partOf } from "./emit.ts";
import { writeEvex, writeVex } from "./encoding.ts";
import * as forms from "./forms.ts";
import { Memory } from "./memory.ts";
import { type Gpr, Mask, Vec, type Width } from "./registers.ts";

/** How `vcmpps` compares. O: false where one is NaN; U: true there. All of these are quiet: NaN raises no signal. */
export const predicates = {
  EQ_OQ: 0,
  UNORD_Q: 3,
  NEQ_UQ: 4,
  ORD_Q: 7,
  LT_OQ: 17,
  LE_OQ: 18,
  NLT_UQ: 21,
  NLE_UQ: 22,
  GE_OQ: 29,
  GT_OQ: 30,
} as const;
export type Predicate = keyof typeof predicates;

type Place = Vec | Memory;
type Methods<Table, Method> = { readonly [name in keyof Table]: Method };

type Three = Methods<typeof forms.three, (to: Vec, a: Vec, b: Place, lanes?: Lanes) => void>;
type ThreeAndByte = Methods<
  typeof forms.threeAndByte,
  (to: Vec, a: Vec, b: Place, byte: number, lanes?: Lanes) => void
>;
type Two = Methods<typeof forms.two, (to: Vec, from: Place, lanes?: Lanes) => void>;
type Stores = Methods<typeof forms.stores, (to: Place, from: Vec, lanes?: Lanes) => void>;
type Extracts = Methods<typeof forms.extracts, (to: Place, from: Vec, byte: number, lanes?: Lanes) => void>;
type Shifts = Methods<typeof forms.shiftForms, (to: Vec, from: Vec, bits: number, lanes?: Lanes) => void>;
type Compares = Methods<typeof forms.compares, (to: Vec | Mask, a: Vec, b: Place, lanes?: Lanes) => void>;

/** Every vector instruction that this assembler knows. */
export type VectorInstructions = Three &
  ThreeAndByte &
  Two &
  Stores &
  Extracts &
  Shifts &
  Compares &
  ReturnType<typeof otherInstructions>;

/** The vector instructions, each writing into `code`. */
export function vectorInstructions(code: Code): VectorInstructions {
  return {
    ...methods<Three>(forms.three, (name, form) => (to, a, b, lanes) => {
      checkWidth(name, to, a.width);
      checkWidth(name, b, partOf(a.width, form.last));
      emit(code, name, form, { width: a.width, reg: to, vvvv: a, rm: b, lanes });
    }),
    ...methods<ThreeAndByte>(forms.threeAndByte, (name, form) => (to, a, b, byte, lanes) => {
      checkWidth(name, to, a.width);
      checkWidth(name, b, partOf(a.width, form.last));
      emit(code, name, form, { width: a.width, reg: to, vvvv: a, rm: b, immediate: byte, lanes });
    }),
    ...methods<Extracts>(forms.extracts, (name, form) => (to, from, byte, lanes) => {
      checkWidth(name, to, partOf(from.width, form.first));
      emit(code, name, form, { width: from.width, reg: from, rm: to, immediate: byte, lanes });
    }),
    ...methods<Shifts>(forms.shiftForms, (name, form) => (to, from, bits, lanes) => {
      checkWidth(name, to, from.width);
      const { extension } = forms.shiftForms[name as keyof Shifts];
      emit(code, name, form, { width: from.width, reg: extension, vvvv: to, rm: from, immediate: bits, lanes });
    }),
    ...methods<Compares>(forms.compares, (name, form) => (to, a, b, lanes) => {
      compare(code, name, form, { to, a, b, lanes });
    }),
    // A move is written in one of two ways: from memory, or into it.
    ...methods<Two & Stores>({ ...forms.stores, ...forms.two }, (name) => (to: Place, from: Place, lanes?: Lanes) => {
      const load = name in forms.two ? forms.two[name as keyof Two] : undefined;
      // Between two registers both ways do; the second is a byte shorter where only `from` is one of 8 to 15.
      const isShorter = to instanceof Vec && from instanceof Vec && to.number < 8 && from.number > 7 && !lanes;
      const isSecond = isShorter && from.number < 16 && from.width < 512 && name in forms.stores;
      if (load !== undefined && to instanceof Vec && !isSecond) {
        checkWidth(name, from, partOf(to.width, load.last));
        emit(code, name, load, { width: to.width, reg: to, rm: from, lanes });
        return;
      }
      const store = name in forms.stores ? forms.stores[name as keyof Stores] : undefined;
      if (store === undefined || !(from instanceof Vec)) throw new AssemblyError(name, "a register", "memory");
      checkWidth(name, to, from.width);
      emit(code, name, store, { width: from.width, reg: from, rm: to, lanes });
    }),
    ...otherInstructions(code),
  };
}

/** One method for each line of a table. */
function methods<Instructions>(
  table: Record<keyof Instructions, forms.Form>,
  make: (name: string, form: forms.Form) => Instructions[keyof Instructions],
): Instructions {
  const entries = Object.entries<forms.Form>(table).map(([name, form]) => [name, make(name, form)]);
  return Object.fromEntries(entries) as Instructions;
}

interface Comparison {
  readonly to: Vec | Mask;
  readonly a: Vec;
  readonly b: Place;
  readonly immediate?: number;
  readonly lanes: Lanes | undefined;
}

/** A compare gives a mask at EVEX and a vector at VEX; there is no third way. */
function compare(code: Code, name: string, form: forms.Form, { to, a, b, lanes, ...rest }: Comparison): void {
  checkWidth(name, b, a.width);
  if (to instanceof Vec) {
    checkWidth(name, to, a.width);
    const isEvex = a.width === 512 || lanes || [to, a, b].some((one) => one instanceof Vec && one.number > 15);
    if (isEvex || (b instanceof Memory && b.isBroadcast)) throw new AssemblyError(name, "a mask register", `${to}`);
  }
  emit(code, name, form, { width: a.width, reg: to, vvvv: a, rm: b, lanes, ...rest });
}

/** A VEX instruction whose operands are no vectors. */
function small(code: Code, opcode: number, reg: number, rm: number, vvvv = 0, width: Width = 128): void {
  writeVex(code, { prefix: 0, map: 1, w: 0, width, opcode, reg, vvvv, rm });
}

function otherInstructions(code: Code) {
  const { others } = forms;
  return {
    /** to = a ∘ b ? all ones : 0 in each lane (a mask register at EVEX), float32. */
    vcmpps(to: Vec | Mask, a: Vec, b: Place, predicate: Predicate, lanes?: Lanes): void {
      compare(code, "vcmpps", others.vcmpps, { to, a, b, immediate: predicates[predicate], lanes });
    },
    /** to[i] = mask[i] < 0 ? yes[i] : no[i], by the sign bit of each lane. */
    vblendvps(to: Vec, no: Vec, yes: Place, mask: Vec): void {
      for (const operand of [to, yes, mask]) checkWidth("vblendvps", operand, no.width);
      if (mask.number > 15) throw new AssemblyError("vblendvps", "a mask in registers 0 to 15", `${mask}`);
      emit(code, "vblendvps", others.vblendvps, {
        width: no.width,
        reg: to,
        vvvv: no,
        rm: yes,
        immediate: mask.number << 4,
      });
    },
    /** Loads the lanes whose sign bit is set in the mask; the others become 0, their memory is not touched. AVX2. */
    vmaskmovpsLoad(to: Vec, mask: Vec, from: Memory): void {
      checkWidth("vmaskmovpsLoad", mask, to.width);
      emit(code, "vmaskmovpsLoad", others.vmaskmovpsLoad, { width: to.width, reg: to, vvvv: mask, rm: from });
    },
    /** Stores the lanes whose sign bit is set in the mask; the memory of the others is not touched. AVX2. */
    vmaskmovpsStore(to: Memory, mask: Vec, from: Vec): void {
      checkWidth("vmaskmovpsStore", mask, from.width);
      emit(code, "vmaskmovpsStore", others.vmaskmovpsStore, { width: from.width, reg: from, vvvv: mask, rm: to });
    },
    /** to[i] = the float32 at base + index[i] · scale, in the lanes of the mask, which becomes 0. All three differ. */
    vgatherdps(to: Vec, from: Memory, mask: Vec | Mask): void {
      const index = from.index;
      if (!(index instanceof Vec)) throw new AssemblyError("vgatherdps", "a vector as index", "none");
      checkWidth("vgatherdps", index, to.width);
      const numbers = [to.number, index.number, ...(mask instanceof Vec ? [mask.number] : [])];
      if (new Set(numbers).size < numbers.length) {
        throw new AssemblyError("vgatherdps", "three different registers", `${to}, ${index}, ${mask}`);
      }
      const encodings = mask instanceof Vec ? "vex" : "evex";
      const operands = mask instanceof Vec ? { vvvv: mask } : { lanes: { mask } };
      if (mask instanceof Vec) checkWidth("vgatherdps", mask, to.width);
      const form = { ...others.vgatherdps, encodings } as const;
      emit(code, "vgatherdps", form, { width: to.width, reg: to, rm: from, ...operands });
    },
    /** The lowest 32 bits of a vector from an integer register, or the other way round. The other lanes become 0. */
    vmovd(to: Vec | Gpr, from: Vec | Gpr): void {
      const [opcode, vec, gpr] = to instanceof Vec ? [0x6e, to, from as Gpr] : [0x7e, from as Vec, to];
      checkWidth("vmovd", vec, 128);
      const w = gpr.bits === 64 ? 1 : 0;
      const encoded = { prefix: 1, map: 1, w, width: 128, opcode, reg: vec.number, vvvv: 0, rm: gpr.number } as const;
      if (vec.number < 16) writeVex(code, encoded);
      else writeEvex(code, encoded, { mask: 0, zeroing: false, step: 1 });
    },
    /** Bit i = the sign of lane i. AVX2. */
    vmovmskps(to: Gpr, from: Vec): void {
      if (from.number > 15 || from.width === 512) throw new AssemblyError("vmovmskps", "ymm0 to ymm15", `${from}`);
      writeVex(code, { ...others.vcmpps, opcode: 0x50, width: from.width, reg: to.number, vvvv: 0, rm: from.number });
    },
    /** Clears the upper halves of all registers. Without it, older instructions after this code run slower. */
    vzeroupper(): void {
      code.write(0xc5, 0xf8, 0x77);
    },
    /** A mask from the lowest 16 bits of an integer register, or back, or from another mask. */
    kmovw(to: Mask | Gpr, from: Mask | Gpr): void {
      const opcode = to instanceof Mask ? (from instanceof Mask ? 0x90 : 0x92) : 0x93;
      small(code, opcode, to.number, from.number);
    },
    /** to = a & b, 16 lanes. */
    kandw: (to: Mask, a: Mask, b: Mask): void => small(code, 0x41, to.number, b.number, a.number, 256),
    /** to = a | b, 16 lanes. */
    korw: (to: Mask, a: Mask, b: Mask): void => small(code, 0x45, to.number, b.number, a.number, 256),
    /** Sets the flags by a | b: "e" where no lane is set, "b" where all 16 are. */
    kortestw: (a: Mask, b: Mask): void => small(code, 0x98, a.number, b.number),
  };
}
