; Coins of one width: a value where 53 bits of two words are below a bound, else zero.
define void @coins_$width(
    ptr %key, ptr %out, i64 %n, i64 %bound, i64 %value) {
entry:
  %buffer = alloca [$chunk x i64], align 64
  %bounds.0 = insertelement <8 x i64> poison, i64 %bound, i64 0
  %bounds = shufflevector <8 x i64> %bounds.0, <8 x i64> poison,
      <8 x i32> zeroinitializer
  %one.64 = insertelement <8 x i64> poison, i64 %value, i64 0
  %ones.64 = shufflevector <8 x i64> %one.64, <8 x i64> poison,
      <8 x i32> zeroinitializer
  %ones = $narrow
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %after ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr i$width, ptr %out, i64 %start
  %twice = shl i64 %size, 1
  call void @words(ptr %key, ptr %buffer, i64 %twice)
  %whole = and i64 %size, -8
  br label %vectors
vectors:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %eight ]
  %i.more = icmp ult i64 %i, %whole
  br i1 %i.more, label %eight, label %rest
eight:
  %p = getelementptr i64, ptr %buffer, i64 %i
  %pair = load <8 x i64>, ptr %p, align 8
  %bits = call <8 x i64> @bits_53(<8 x i64> %pair)
  %below = icmp slt <8 x i64> %bits, %bounds
  %coin = select <8 x i1> %below, <8 x i$width> %ones, <8 x i$width> zeroinitializer
  %q = getelementptr i$width, ptr %here, i64 %i
  store <8 x i$width> %coin, ptr %q, align $bytes
  %i.next = add i64 %i, 8
  br label %vectors
rest:
  %j = phi i64 [ %whole, %vectors ], [ %j.next, %one ]
  %j.more = icmp ult i64 %j, %size
  br i1 %j.more, label %one, label %after
one:
  %jp = getelementptr i64, ptr %buffer, i64 %j
  %j.pair = load i64, ptr %jp, align 8
  %j.turned = call i64 @llvm.fshl.i64(i64 %j.pair, i64 %j.pair, i64 $turn)
  %j.bits = and i64 %j.turned, 9007199254740991
  %j.below = icmp slt i64 %j.bits, %bound
  %j.one = extractelement <8 x i$width> %ones, i64 0
  %j.coin = select i1 %j.below, i$width %j.one, i$width 0
  %jq = getelementptr i$width, ptr %here, i64 %j
  store i$width %j.coin, ptr %jq, align $bytes
  %j.next = add i64 %j, 1
  br label %rest
after:
  br label %look
end:
  ret void
}
