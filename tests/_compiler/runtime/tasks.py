"""Small tasks in LLVM's language, for tests of the team and of programs."""

from rushlight._compiler.codegen.llvm import machine
from rushlight._compiler.runtime.once import once

# args: int64 elements, one for each block, and for `add` a second array.
_TEXT = """
define void @double(ptr %args, i64 %first, i64 %last, i64 %thread) {
  %x = load ptr, ptr %args
  br label %look
look:
  %i = phi i64 [ %first, %0 ], [ %next, %look ]
  %p = getelementptr i64, ptr %x, i64 %i
  %old = load i64, ptr %p
  %new = mul i64 %old, 2
  store i64 %new, ptr %p
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %last
  br i1 %more, label %look, label %end
end:
  ret void
}

; x[i] += y[(i + 1) % 64]: reads what another block of the group before wrote
define void @neighbour(ptr %args, i64 %first, i64 %last, i64 %thread) {
  %x = load ptr, ptr %args
  %args.1 = getelementptr ptr, ptr %args, i64 1
  %y = load ptr, ptr %args.1
  br label %look
look:
  %i = phi i64 [ %first, %0 ], [ %next, %look ]
  %next = add i64 %i, 1
  %other = and i64 %next, 63
  %q = getelementptr i64, ptr %y, i64 %other
  %b = load i64, ptr %q
  %p = getelementptr i64, ptr %x, i64 %i
  %a = load i64, ptr %p
  %sum = add i64 %a, %b
  store i64 %sum, ptr %p
  %more = icmp slt i64 %next, %last
  br i1 %more, label %look, label %end
end:
  ret void
}

; notes the block's thread in x[i], after writing and reading local memory (8 words)
define void @local(ptr %args, i64 %first, i64 %last, i64 %thread) {
  %x = load ptr, ptr %args
  %args.1 = getelementptr ptr, ptr %args, i64 1
  %locals = load ptr, ptr %args.1
  %mine.at = mul i64 %thread, 8
  %mine = getelementptr i64, ptr %locals, i64 %mine.at
  br label %look
look:
  %i = phi i64 [ %first, %0 ], [ %next, %after ]
  store volatile i64 %i, ptr %mine
  br label %wait
wait:
  %w = phi i64 [ 0, %look ], [ %w.next, %wait ]
  %read = load volatile i64, ptr %mine
  %w.next = add i64 %w, 1
  %waiting = icmp slt i64 %w.next, 200
  br i1 %waiting, label %wait, label %after
after:
  %p = getelementptr i64, ptr %x, i64 %i
  store i64 %read, ptr %p
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %last
  br i1 %more, label %look, label %end
end:
  ret void
}
"""


@once
def _code():
    return machine.Code(_TEXT)


def task(name):
    """The address of "double", "neighbour" or "local"."""
    return _code().address(name)
