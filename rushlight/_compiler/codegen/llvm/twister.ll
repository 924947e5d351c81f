; Random numbers from the Mersenne Twister's state; notes and the numbers named here by
; a dollar sign are in twister.py.

declare i64 @llvm.umin.i64(i64, i64)
declare <8 x i64> @llvm.fshl.v8i64(<8 x i64>, <8 x i64>, <8 x i64>)
declare i64 @llvm.fshl.i64(i64, i64, i64)
declare <8 x double> @llvm.floor.v8f64(<8 x double>)
declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)
declare <8 x float> @llvm.sqrt.v8f32(<8 x float>)
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)

; -- the twister ------------------------------------------------------------------------

; Words i of the next block, from words i, i + 1 and i + 397.
define internal <16 x i32> @twisted(
    <16 x i32> %a, <16 x i32> %b, <16 x i32> %c) alwaysinline {
  %high = and <16 x i32> %a, splat (i32 -2147483648)
  %low = and <16 x i32> %b, splat (i32 2147483647)
  %both = or <16 x i32> %high, %low
  %half = lshr <16 x i32> %both, splat (i32 1)
  %last = and <16 x i32> %b, splat (i32 1)
  %all = sub <16 x i32> zeroinitializer, %last
  %matrix = and <16 x i32> %all, splat (i32 -1727483681)
  %mixed = xor <16 x i32> %c, %half
  %new = xor <16 x i32> %mixed, %matrix
  ret <16 x i32> %new
}

; Make words i to i + 15 new, where word i + 397 is at distance %far.
define internal void @twist_at(ptr %key, i64 %i, i64 %far) alwaysinline {
  %p = getelementptr i32, ptr %key, i64 %i
  %p.next = getelementptr i32, ptr %p, i64 1
  %p.far = getelementptr i32, ptr %p, i64 %far
  %a = load <16 x i32>, ptr %p, align 4
  %b = load <16 x i32>, ptr %p.next, align 4
  %c = load <16 x i32>, ptr %p.far, align 4
  %new = call <16 x i32> @twisted(<16 x i32> %a, <16 x i32> %b, <16 x i32> %c)
  store <16 x i32> %new, ptr %p, align 4
  ret void
}

; Make the next block of 624 words, in place.  The words around it are cut twice: where
; word i + 397 is one of the new words, and at the end.
define internal void @twist(ptr %key) noinline {
entry:
  br label %front
front:
  %i = phi i64 [ 0, %entry ], [ %i.next, %front ]
  call void @twist_at(ptr %key, i64 %i, i64 397)
  %i.next = add i64 %i, 16
  %i.more = icmp ult i64 %i.next, 224
  br i1 %i.more, label %front, label %cut
cut:
  %p.224 = getelementptr i32, ptr %key, i64 224
  %p.225 = getelementptr i32, ptr %key, i64 225
  %p.608 = getelementptr i32, ptr %key, i64 608
  %a.224 = load <16 x i32>, ptr %p.224, align 4
  %b.224 = load <16 x i32>, ptr %p.225, align 4
  %last = load <16 x i32>, ptr %p.608, align 4
  %first = load <16 x i32>, ptr %key, align 4
  %c.224 = shufflevector <16 x i32> %last, <16 x i32> %first, <16 x i32> <
      i32 13, i32 14, i32 15, i32 16, i32 17, i32 18, i32 19, i32 20,
      i32 21, i32 22, i32 23, i32 24, i32 25, i32 26, i32 27, i32 28>
  %new.224 = call <16 x i32> @twisted(
      <16 x i32> %a.224, <16 x i32> %b.224, <16 x i32> %c.224)
  store <16 x i32> %new.224, ptr %p.224, align 4
  br label %back
back:
  %j = phi i64 [ 240, %cut ], [ %j.next, %back ]
  call void @twist_at(ptr %key, i64 %j, i64 -227)
  %j.next = add i64 %j, 16
  %j.more = icmp ult i64 %j.next, 608
  br i1 %j.more, label %back, label %end
end:
  %p.381 = getelementptr i32, ptr %key, i64 381
  %c.608 = load <16 x i32>, ptr %p.381, align 4
  %b.608 = shufflevector <16 x i32> %last, <16 x i32> %first, <16 x i32> <
      i32 1, i32 2, i32 3, i32 4, i32 5, i32 6, i32 7, i32 8,
      i32 9, i32 10, i32 11, i32 12, i32 13, i32 14, i32 15, i32 16>
  %new.608 = call <16 x i32> @twisted(
      <16 x i32> %last, <16 x i32> %b.608, <16 x i32> %c.608)
  store <16 x i32> %new.608, ptr %p.608, align 4
  ret void
}

define internal <16 x i32> @tempered(<16 x i32> %y) alwaysinline {
  %a = lshr <16 x i32> %y, splat (i32 11)
  %y.1 = xor <16 x i32> %y, %a
  %b = shl <16 x i32> %y.1, splat (i32 7)
  %c = and <16 x i32> %b, splat (i32 -1658038656)
  %y.2 = xor <16 x i32> %y.1, %c
  %d = shl <16 x i32> %y.2, splat (i32 15)
  %e = and <16 x i32> %d, splat (i32 -272236544)
  %y.3 = xor <16 x i32> %y.2, %e
  %f = lshr <16 x i32> %y.3, splat (i32 18)
  %y.4 = xor <16 x i32> %y.3, %f
  ret <16 x i32> %y.4
}

; Temper n words of a block.
define internal void @temper(ptr %key, ptr %out, i64 %n) alwaysinline {
entry:
  %whole = and i64 %n, -16
  br label %look
look:
  %i = phi i64 [ 0, %entry ], [ %i.next, %sixteen ]
  %more = icmp ult i64 %i, %whole
  br i1 %more, label %sixteen, label %rest
sixteen:
  %p = getelementptr i32, ptr %key, i64 %i
  %y = load <16 x i32>, ptr %p, align 4
  %x = call <16 x i32> @tempered(<16 x i32> %y)
  %q = getelementptr i32, ptr %out, i64 %i
  store <16 x i32> %x, ptr %q, align 4
  %i.next = add i64 %i, 16
  br label %look
rest:
  %j = phi i64 [ %whole, %look ], [ %j.next, %one ]
  %j.more = icmp ult i64 %j, %n
  br i1 %j.more, label %one, label %end
one:
  %jp = getelementptr i32, ptr %key, i64 %j
  %jy = load i32, ptr %jp, align 4
  %jv = insertelement <16 x i32> poison, i32 %jy, i64 0
  %jx = call <16 x i32> @tempered(<16 x i32> %jv)
  %js = extractelement <16 x i32> %jx, i64 0
  %jq = getelementptr i32, ptr %out, i64 %j
  store i32 %js, ptr %jq, align 4
  %j.next = add i64 %j, 1
  br label %rest
end:
  ret void
}

; The next n words.
define void @words(ptr %key, ptr %out, i64 %n) noinline {
entry:
  %place.p = getelementptr i32, ptr %key, i64 624
  %place.32 = load i32, ptr %place.p, align 4
  %place.first = zext i32 %place.32 to i64
  br label %look
look:
  %place = phi i64 [ %place.first, %entry ], [ %place.next, %take ]
  %done = phi i64 [ 0, %entry ], [ %done.next, %take ]
  %more = icmp ult i64 %done, %n
  br i1 %more, label %block, label %end
block:
  %used = icmp eq i64 %place, 624
  br i1 %used, label %anew, label %take
anew:
  call void @twist(ptr %key)
  br label %take
take:
  %from = phi i64 [ %place, %block ], [ 0, %anew ]
  %left = sub i64 624, %from
  %wanted = sub i64 %n, %done
  %some = call i64 @llvm.umin.i64(i64 %left, i64 %wanted)
  %p = getelementptr i32, ptr %key, i64 %from
  %q = getelementptr i32, ptr %out, i64 %done
  call void @temper(ptr %p, ptr %q, i64 %some)
  %place.next = add i64 %from, %some
  %done.next = add i64 %done, %some
  br label %look
end:
  %place.last = trunc i64 %place to i32
  store i32 %place.last, ptr %place.p, align 4
  ret void
}

; -- uniform numbers --------------------------------------------------------------------

; 24 bits of each word, as float32 in [0, 1).
define internal <8 x float> @unit_24(<8 x i32> %word) alwaysinline {
  %bits = and <8 x i32> %word, splat (i32 16777215)
  %number = sitofp <8 x i32> %bits to <8 x float>
  %unit = fmul <8 x float> %number, splat (float 0x3E70000000000000)
  ret <8 x float> %unit
}

; 53 bits of two words each, of which the first is the high one.
define internal <8 x i64> @bits_53(<8 x i64> %pair) alwaysinline {
  %turned = call <8 x i64> @llvm.fshl.v8i64(
      <8 x i64> %pair, <8 x i64> %pair, <8 x i64> splat (i64 $turn))
  %bits = and <8 x i64> %turned, splat (i64 9007199254740991)
  ret <8 x i64> %bits
}

define void @units_f32(ptr %key, ptr %out, i64 %n) {
entry:
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %after ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr float, ptr %out, i64 %start
  call void @words(ptr %key, ptr %here, i64 %size)
  %whole = and i64 %size, -8
  br label %vectors
vectors:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %eight ]
  %i.more = icmp ult i64 %i, %whole
  br i1 %i.more, label %eight, label %rest
eight:
  %p = getelementptr float, ptr %here, i64 %i
  %word = load <8 x i32>, ptr %p, align 4
  %unit = call <8 x float> @unit_24(<8 x i32> %word)
  store <8 x float> %unit, ptr %p, align 4
  %i.next = add i64 %i, 8
  br label %vectors
rest:
  %j = phi i64 [ %whole, %vectors ], [ %j.next, %one ]
  %j.more = icmp ult i64 %j, %size
  br i1 %j.more, label %one, label %after
one:
  %jp = getelementptr float, ptr %here, i64 %j
  %jw = load i32, ptr %jp, align 4
  %jv = insertelement <8 x i32> zeroinitializer, i32 %jw, i64 0
  %ju = call <8 x float> @unit_24(<8 x i32> %jv)
  %js = extractelement <8 x float> %ju, i64 0
  store float %js, ptr %jp, align 4
  %j.next = add i64 %j, 1
  br label %rest
after:
  br label %look
end:
  ret void
}

define internal <8 x double> @unit_53(<8 x i64> %pair) alwaysinline {
  %bits = call <8 x i64> @bits_53(<8 x i64> %pair)
  %number = uitofp <8 x i64> %bits to <8 x double>
  %unit = fmul <8 x double> %number, splat (double 0x3CA0000000000000)
  ret <8 x double> %unit
}

define void @units_f64(ptr %key, ptr %out, i64 %n) {
entry:
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %after ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr double, ptr %out, i64 %start
  %twice = shl i64 %size, 1
  call void @words(ptr %key, ptr %here, i64 %twice)
  %whole = and i64 %size, -8
  br label %vectors
vectors:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %eight ]
  %i.more = icmp ult i64 %i, %whole
  br i1 %i.more, label %eight, label %rest
eight:
  %p = getelementptr double, ptr %here, i64 %i
  %pair = load <8 x i64>, ptr %p, align 8
  %unit = call <8 x double> @unit_53(<8 x i64> %pair)
  store <8 x double> %unit, ptr %p, align 8
  %i.next = add i64 %i, 8
  br label %vectors
rest:
  %j = phi i64 [ %whole, %vectors ], [ %j.next, %one ]
  %j.more = icmp ult i64 %j, %size
  br i1 %j.more, label %one, label %after
one:
  %jp = getelementptr double, ptr %here, i64 %j
  %jw = load i64, ptr %jp, align 8
  %jv = insertelement <8 x i64> zeroinitializer, i64 %jw, i64 0
  %ju = call <8 x double> @unit_53(<8 x i64> %jv)
  %js = extractelement <8 x double> %ju, i64 0
  store double %js, ptr %jp, align 8
  %j.next = add i64 %j, 1
  br label %rest
after:
  br label %look
end:
  ret void
}

; -- whole numbers ----------------------------------------------------------------------

; x % count, by a division of doubles and a correction.
define internal <8 x i32> @remainder(
    <8 x i32> %x, <8 x double> %count, <8 x double> %inverse) alwaysinline {
  %wide = uitofp <8 x i32> %x to <8 x double>
  %ratio = fmul <8 x double> %wide, %inverse
  %whole = call <8 x double> @llvm.floor.v8f64(<8 x double> %ratio)
  %part = fmul <8 x double> %whole, %count
  %rest = fsub <8 x double> %wide, %part
  %below = fcmp olt <8 x double> %rest, zeroinitializer
  %up = select <8 x i1> %below, <8 x double> %count, <8 x double> zeroinitializer
  %raised = fadd <8 x double> %rest, %up
  %above = fcmp oge <8 x double> %raised, %count
  %down = select <8 x i1> %above, <8 x double> %count, <8 x double> zeroinitializer
  %right = fsub <8 x double> %raised, %down
  %result = fptosi <8 x double> %right to <8 x i32>
  ret <8 x i32> %result
}

; int64 numbers low + word % count, for a count below 2^28.
define void @remainders(ptr %key, ptr %out, i64 %n, i64 %low, i64 %count) {
entry:
  %buffer = alloca [$chunk x i32], align 64
  %lows.0 = insertelement <8 x i64> poison, i64 %low, i64 0
  %lows = shufflevector <8 x i64> %lows.0, <8 x i64> poison,
      <8 x i32> zeroinitializer
  %divisor = uitofp i64 %count to double
  %part = fdiv double 1.0, %divisor
  %counts.0 = insertelement <8 x double> poison, double %divisor, i64 0
  %counts = shufflevector <8 x double> %counts.0, <8 x double> poison,
      <8 x i32> zeroinitializer
  %parts.0 = insertelement <8 x double> poison, double %part, i64 0
  %parts = shufflevector <8 x double> %parts.0, <8 x double> poison,
      <8 x i32> zeroinitializer
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %after ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr i64, ptr %out, i64 %start
  call void @words(ptr %key, ptr %buffer, i64 %size)
  %whole = and i64 %size, -8
  br label %vectors
vectors:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %eight ]
  %i.more = icmp ult i64 %i, %whole
  br i1 %i.more, label %eight, label %rest
eight:
  %p = getelementptr i32, ptr %buffer, i64 %i
  %word = load <8 x i32>, ptr %p, align 4
  %r = call <8 x i32> @remainder(
      <8 x i32> %word, <8 x double> %counts, <8 x double> %parts)
  %r.wide = sext <8 x i32> %r to <8 x i64>
  %value = add <8 x i64> %r.wide, %lows
  %q = getelementptr i64, ptr %here, i64 %i
  store <8 x i64> %value, ptr %q, align 8
  %i.next = add i64 %i, 8
  br label %vectors
rest:
  %j = phi i64 [ %whole, %vectors ], [ %j.next, %one ]
  %j.more = icmp ult i64 %j, %size
  br i1 %j.more, label %one, label %after
one:
  %jp = getelementptr i32, ptr %buffer, i64 %j
  %jw = load i32, ptr %jp, align 4
  %j.word = zext i32 %jw to i64
  %jr = urem i64 %j.word, %count
  %jv = add i64 %jr, %low
  %jq = getelementptr i64, ptr %here, i64 %j
  store i64 %jv, ptr %jq, align 8
  %j.next = add i64 %j, 1
  br label %rest
after:
  br label %look
end:
  ret void
}

; int64 numbers low + pair % count; a count of 0 stands for 2^64.
define void @wide_remainders(ptr %key, ptr %out, i64 %n, i64 %low, i64 %count) {
entry:
  %every = icmp eq i64 %count, 0
  %divisor = select i1 %every, i64 1, i64 %count
  %mask = sext i1 %every to i64
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %after ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr i64, ptr %out, i64 %start
  %twice = shl i64 %size, 1
  call void @words(ptr %key, ptr %here, i64 %twice)
  br label %one
one:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %one ]
  %p = getelementptr i64, ptr %here, i64 %i
  %pair = load i64, ptr %p, align 8
  %bits = call i64 @llvm.fshl.i64(i64 %pair, i64 %pair, i64 $turn)
  %rest = urem i64 %bits, %divisor
  %all = and i64 %bits, %mask
  %number = or i64 %rest, %all
  %value = add i64 %number, %low
  store i64 %value, ptr %p, align 8
  %i.next = add i64 %i, 1
  %i.more = icmp ult i64 %i.next, %size
  br i1 %i.more, label %one, label %after
after:
  br label %look
end:
  ret void
}

; Shuffle int64 numbers: swap each i in turn with i + word % (n - i).
define void @shuffle(ptr %key, ptr %values, i64 %n) {
entry:
  %buffer = alloca [$swaps x i32], align 64
  %last = sub i64 %n, 1
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %swapping ]
  %more = icmp slt i64 %start, %last
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %last, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $swaps)
  %stop = add i64 %start, %size
  call void @words(ptr %key, ptr %buffer, i64 %size)
  %here = getelementptr i64, ptr %values, i64 %start
  %count = sub i64 %n, %start
  %count.double = uitofp i64 %count to double
  %counts.0 = insertelement <8 x double> poison, double %count.double, i64 0
  %counts.1 = shufflevector <8 x double> %counts.0, <8 x double> poison,
      <8 x i32> zeroinitializer
  %counts = fsub <8 x double> %counts.1, <double 0.0, double 1.0, double 2.0,
      double 3.0, double 4.0, double 5.0, double 6.0, double 7.0>
  br label %eight
eight:
  %i = phi i64 [ 0, %chunk ], [ %i.next, %eight ]
  %c = phi <8 x double> [ %counts, %chunk ], [ %c.next, %eight ]
  %p = getelementptr i32, ptr %buffer, i64 %i
  %word = load <8 x i32>, ptr %p, align 4
  %inverse = fdiv <8 x double> splat (double 1.0), %c
  %r = call <8 x i32> @remainder(
      <8 x i32> %word, <8 x double> %c, <8 x double> %inverse)
  store <8 x i32> %r, ptr %p, align 4
  %c.next = fsub <8 x double> %c, splat (double 8.0)
  %i.next = add i64 %i, 8
  %i.more = icmp ult i64 %i.next, %size
  br i1 %i.more, label %eight, label %fetching
fetching:
  %f = phi i64 [ 0, %eight ], [ %f.next, %fetching ]
  %fp = getelementptr i32, ptr %buffer, i64 %f
  %f.32 = load i32, ptr %fp, align 4
  %f.far = zext i32 %f.32 to i64
  %f.target = add i64 %f.far, %f
  %fq = getelementptr i64, ptr %here, i64 %f.target
  call void @llvm.prefetch.p0(ptr %fq, i32 1, i32 3, i32 1)
  %f.next = add i64 %f, 1
  %f.more = icmp ult i64 %f.next, %size
  br i1 %f.more, label %fetching, label %swap
swap:
  %j = phi i64 [ 0, %fetching ], [ %j.next, %swap ]
  %jp = getelementptr i32, ptr %buffer, i64 %j
  %j.32 = load i32, ptr %jp, align 4
  %j.far = zext i32 %j.32 to i64
  %j.target = add i64 %j.far, %j
  %a.p = getelementptr i64, ptr %here, i64 %j
  %b.p = getelementptr i64, ptr %here, i64 %j.target
  %a = load i64, ptr %a.p, align 8
  %b = load i64, ptr %b.p, align 8
  store i64 %b, ptr %a.p, align 8
  store i64 %a, ptr %b.p, align 8
  %j.next = add i64 %j, 1
  %j.more = icmp ult i64 %j.next, %size
  br i1 %j.more, label %swap, label %swapping
swapping:
  br label %look
end:
  ret void
}
