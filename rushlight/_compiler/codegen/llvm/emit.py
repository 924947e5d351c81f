"""A kernel as the text of an LLVM module; the statements are written by `body`.

# Note [Forms]
# A kernel that is no task becomes `void name(sizes, buffers, numbers)`: int64s,
# pointers, scalars.  A task becomes `void name(void** args, int64 first, int64 last,
# int64 thread)`, which runs blocks first to last - 1.  Its `args` are, in order: for
# each size a pointer to an int64; for each buffer that is not local its address; for
# each number a pointer to it; if the kernel has local buffers, the memory of all
# threads, of which a thread's own begins at ``thread * kernel.local_bytes``; for each
# dtype of its products, f32 before f64, the address of cblas_sgemm or cblas_dgemm.

# Note [Aliases]
# Buffers are `noalias` parameters (for a task, of an inner function), so LLVM may keep
# loads in registers across stores.  It follows that memory given as two buffers must
# not be written through either, unless both are marked `may_coincide`.
"""

from rushlight._compiler.codegen.llvm.body import Body
from rushlight._compiler.codegen.llvm.values import SCALARS
from rushlight._compiler.codegen.llvm.writer import Value, Writer, i64
from rushlight._compiler.loops.queries import product_dtypes


def emit_kernel(kernel):
    """The text of a module with one public function, of the kernel's name.

    The function has one of two forms (Note [Forms]).
    """
    declarations = set()
    writer = Writer(declarations)
    parameters, arguments = _parameters(kernel)
    Body(kernel, writer, arguments).run()
    name = f"{kernel.name}.blocks" if kernel.is_task else kernel.name
    linkage = "internal void" if kernel.is_task else "void"
    head = f"define {linkage} @{name}({', '.join(parameters)}) #0 {{"
    parts = [head, writer.text(), "  ret void", "}"]
    if kernel.is_task:
        parts.append(_task(kernel, name, parameters, declarations))
    parts += sorted(declarations)
    parts.append("attributes #0 = { nounwind noinline }")
    return "\n".join(parts) + "\n"


def _parameters(kernel):
    """LLVM's parameters, and by name the values that they are in the body."""
    parameters, arguments = [], {}

    def add(name, kind, attributes=""):
        text = f"%a{len(parameters)}"
        parameters.append(f"{kind}{attributes} {text}")
        arguments[name] = Value(kind, text)

    for size in kernel.sizes:
        add(size, "i64")
    for buffer in kernel.buffers:
        if not buffer.local:
            add(buffer.name, "ptr", "" if buffer.may_coincide else " noalias")
    for number in kernel.numbers:
        kind = SCALARS[number.dtype]
        add(number.name, kind)
    if kernel.is_task:
        for buffer in kernel.buffers:
            if buffer.local:
                add(buffer.name, "ptr", " noalias align 64")
        for dtype in product_dtypes(kernel):
            add(("product", dtype), "ptr")
        add("first block", "i64")
        add("last block", "i64")
    return parameters, arguments


def _task(kernel, inner, parameters, declarations):
    """The public function of a task: it unpacks its arguments."""
    writer = Writer(declarations)
    values = []

    def next_pointer():
        slot = writer.pointer("ptr", Value("ptr", "%args"), i64(next_pointer.count))
        next_pointer.count += 1
        return writer.load("ptr", slot, 8)

    next_pointer.count = 0
    for _ in kernel.sizes:
        values.append(writer.load("i64", next_pointer(), 8))
    for buffer in kernel.buffers:
        if not buffer.local:
            values.append(next_pointer())
    for number in kernel.numbers:
        kind = SCALARS[number.dtype]
        stored = "i8" if kind == "i1" else kind
        value = writer.load(stored, next_pointer(), 1)
        values.append(writer.convert("trunc", value, "i1") if kind == "i1" else value)
    if kernel.local_bytes:
        values += _locals(kernel, writer, next_pointer())
    values += [next_pointer() for _ in product_dtypes(kernel)]
    values += [Value("i64", "%first"), Value("i64", "%last")]
    writer.line(f"call void @{inner}({', '.join(map(str, values))})")
    head = f"define void @{kernel.name}(ptr %args, i64 %first, i64 %last, i64 %thread)"
    return "\n".join([f"{head} nounwind {{", writer.text(), "  ret void", "}"])


def _locals(kernel, writer, memory):
    """The addresses of the local buffers of this thread."""
    start = writer.op("i64", f"mul i64 %thread, {kernel.local_bytes}")
    memory = writer.pointer("i8", memory, start)
    return [
        writer.pointer("i8", memory, i64(place))
        for place in kernel.local_places().values()
    ]
