; A matrix product as a task, block by block: Note [Products] in runtime/blas.py.
; args: a, b, c, the description, cblas_?gemm, and a bias if it says so.

declare i64 @llvm.smin.i64(i64, i64)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

define void @gemm_task(ptr %args, i64 %first, i64 %last, i64 %thread) {
entry:
$fields
  %a.p = getelementptr ptr, ptr %args, i64 0
  %a = load ptr, ptr %a.p
  %b.p = getelementptr ptr, ptr %args, i64 1
  %b = load ptr, ptr %b.p
  %c.p = getelementptr ptr, ptr %args, i64 2
  %c = load ptr, ptr %c.p
  %gemm.p = getelementptr ptr, ptr %args, i64 4
  %gemm = load ptr, ptr %gemm.p
  %m.up = add i64 %m, %row_block
  %m.last = sub i64 %m.up, 1
  %rows = sdiv i64 %m.last, %row_block
  %n.up = add i64 %n, %column_block
  %n.last = sub i64 %n.up, 1
  %columns = sdiv i64 %n.last, %column_block
  %each = mul i64 %rows, %columns
  ; column by column where b is the largest: each thread reads its own part of it
  %wide = icmp sgt i64 %n, %m
  %deep = icmp sgt i64 %k, %m
  %by.columns = and i1 %wide, %deep
  %a.transposed = icmp ne i64 %transpose_a, 0
  %b.transposed = icmp ne i64 %transpose_b, 0
  %ta = select i1 %a.transposed, i32 112, i32 111
  %tb = select i1 %b.transposed, i32 112, i32 111
  %biased = icmp ne i64 %bias, 0
  %added = or i64 %accumulate, %bias
  %beta.first = sitofp i64 %added to $T
  br label %look
look:
  %block = phi i64 [ %first, %entry ], [ %next, %done ]
  %more = icmp slt i64 %block, %last
  br i1 %more, label %run, label %end
run:
  %matrix = sdiv i64 %block, %each
  %within = srem i64 %block, %each
  %row.outer = sdiv i64 %within, %columns
  %column.inner = srem i64 %within, %columns
  %column.outer = sdiv i64 %within, %rows
  %row.inner = srem i64 %within, %rows
  %row = select i1 %by.columns, i64 %row.inner, i64 %row.outer
  %column = select i1 %by.columns, i64 %column.outer, i64 %column.inner
  %i = mul i64 %row, %row_block
  %j = mul i64 %column, %column_block
  %m.rest = sub i64 %m, %i
  %m.here = call i64 @llvm.smin.i64(i64 %m.rest, i64 %row_block)
  %n.rest = sub i64 %n, %j
  %n.here = call i64 @llvm.smin.i64(i64 %n.rest, i64 %column_block)
  %a.step = select i1 %a.transposed, i64 1, i64 %lda
  %a.row = mul i64 %i, %a.step
  %a.batch = mul i64 %matrix, %stride_a
  %a.place = add i64 %a.row, %a.batch
  %a.here = getelementptr $T, ptr %a, i64 %a.place
  %b.step = select i1 %b.transposed, i64 %ldb, i64 1
  %b.column = mul i64 %j, %b.step
  %b.batch = mul i64 %matrix, %stride_b
  %b.place = add i64 %b.column, %b.batch
  %b.here = getelementptr $T, ptr %b, i64 %b.place
  %c.row = mul i64 %i, %ldc
  %c.batch = mul i64 %matrix, %stride_c
  %c.corner = add i64 %c.row, %j
  %c.place = add i64 %c.corner, %c.batch
  %c.here = getelementptr $T, ptr %c, i64 %c.place
  %a.depth = select i1 %a.transposed, i64 %lda, i64 1
  %b.depth = select i1 %b.transposed, i64 1, i64 %ldb
  br i1 %biased, label %bias.rows, label %depth
bias.rows:
  %rows.p = getelementptr ptr, ptr %args, i64 5
  %bias.all = load ptr, ptr %rows.p
  %bias.here = getelementptr $T, ptr %bias.all, i64 %j
  %row.end = getelementptr $T, ptr null, i64 %n.here
  %row.bytes = ptrtoint ptr %row.end to i64
  br label %bias.row
bias.row:
  %r = phi i64 [ 0, %bias.rows ], [ %r.next, %bias.row ]
  %r.place = mul i64 %r, %ldc
  %r.here = getelementptr $T, ptr %c.here, i64 %r.place
  call void @llvm.memcpy.p0.p0.i64(
      ptr %r.here, ptr %bias.here, i64 %row.bytes, i1 false)
  %r.next = add i64 %r, 1
  %r.more = icmp slt i64 %r.next, %m.here
  br i1 %r.more, label %bias.row, label %depth
depth:
  br label %deeper
deeper:
  %d = phi i64 [ 0, %depth ], [ %d.next, %deeper ]
  %beta = phi $T [ %beta.first, %depth ], [ 1.0, %deeper ]
  %k.rest = sub i64 %k, %d
  %k.here = call i64 @llvm.smin.i64(i64 %k.rest, i64 %depth_block)
  %a.deep = mul i64 %d, %a.depth
  %a.now = getelementptr $T, ptr %a.here, i64 %a.deep
  %b.deep = mul i64 %d, %b.depth
  %b.now = getelementptr $T, ptr %b.here, i64 %b.deep
  call void %gemm(i32 101, i32 %ta, i32 %tb, i64 %m.here, i64 %n.here, i64 %k.here,
      $T 1.0, ptr %a.now, i64 %lda, ptr %b.now, i64 %ldb, $T %beta,
      ptr %c.here, i64 %ldc)
  %d.next = add i64 %d, %k.here
  %on = icmp slt i64 %d.next, %k
  br i1 %on, label %deeper, label %done
done:
  %next = add i64 %block, 1
  br label %look
end:
  ret void
}
