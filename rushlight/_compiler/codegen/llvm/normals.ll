; Uniform numbers to normal ones by the steps of _core/sampling/box_muller.py, which has
; the constants; the numbers named here by a dollar sign come from there.

define internal <8 x float> @fused(
    <8 x float> %x, <8 x float> %y, <8 x float> %z) alwaysinline {
  %r = call <8 x float> @llvm.fma.v8f32(<8 x float> %x, <8 x float> %y, <8 x float> %z)
  ret <8 x float> %r
}

define internal <8 x float> @logarithm(<8 x float> %number) alwaysinline {
  %bits = bitcast <8 x float> %number to <8 x i32>
  %moved = sub <8 x i32> %bits, splat (i32 $sqrt_half)
  %power = ashr <8 x i32> %moved, splat (i32 23)
  %exponent = sitofp <8 x i32> %power to <8 x float>
  %fraction = and <8 x i32> %moved, splat (i32 8388607)
  %back = add <8 x i32> %fraction, splat (i32 $sqrt_half)
  %m = bitcast <8 x i32> %back to <8 x float>
  %x = fsub <8 x float> %m, splat (float 1.0)
  %square = fmul <8 x float> %x, %x
$log_steps
  %y = fmul <8 x float> %log_polynomial, %x
  %low = fmul <8 x float> %exponent, splat (float $log2_low)
  %y.1 = call <8 x float> @fused(<8 x float> %y, <8 x float> %square, <8 x float> %low)
  %half = fmul <8 x float> %square, splat (float 0.5)
  %y.2 = fsub <8 x float> %y.1, %half
  %sum = fadd <8 x float> %x, %y.2
  %high = fmul <8 x float> %exponent, splat (float $log2_high)
  %log = fadd <8 x float> %sum, %high
  ret <8 x float> %log
}

; Cosine and sine of angles in [0, 2 pi].
define internal { <8 x float>, <8 x float> } @cosine_and_sine(
    <8 x float> %angle) alwaysinline {
  %parts = fmul <8 x float> %angle, splat (float $four_over_pi)
  %whole = fptosi <8 x float> %parts to <8 x i32>
  %more = add <8 x i32> %whole, splat (i32 1)
  %octant = and <8 x i32> %more, splat (i32 -2)
  %multiple = sitofp <8 x i32> %octant to <8 x float>
  %high = fmul <8 x float> %multiple, splat (float $quarter_high)
  %x.1 = fsub <8 x float> %angle, %high
  %middle = fmul <8 x float> %multiple, splat (float $quarter_middle)
  %x.2 = fsub <8 x float> %x.1, %middle
  %x = call <8 x float> @fused(
      <8 x float> %multiple, <8 x float> splat (float $minus_quarter_low),
      <8 x float> %x.2)
  %square = fmul <8 x float> %x, %x
$sin_steps
  %s.1 = fmul <8 x float> %sin_polynomial, %square
  %s = call <8 x float> @fused(<8 x float> %s.1, <8 x float> %x, <8 x float> %x)
$cos_steps
  %c.1 = fmul <8 x float> %cos_polynomial, %square
  %half = fmul <8 x float> %square, splat (float -0.5)
  %c.2 = call <8 x float> @fused(
      <8 x float> %c.1, <8 x float> %square, <8 x float> %half)
  %c = fadd <8 x float> %c.2, splat (float 1.0)
  %s.bits = bitcast <8 x float> %s to <8 x i32>
  %c.bits = bitcast <8 x float> %c to <8 x i32>
  %second = and <8 x i32> %octant, splat (i32 2)
  %swap = icmp ne <8 x i32> %second, zeroinitializer
  %sine.0 = select <8 x i1> %swap, <8 x i32> %c.bits, <8 x i32> %s.bits
  %cosine.0 = select <8 x i1> %swap, <8 x i32> %s.bits, <8 x i32> %c.bits
  %sine.turn = shl <8 x i32> %octant, splat (i32 29)
  %sine.sign = and <8 x i32> %sine.turn, splat (i32 -2147483648)
  %sine.bits = xor <8 x i32> %sine.0, %sine.sign
  %next = add <8 x i32> %octant, splat (i32 2)
  %cosine.turn = shl <8 x i32> %next, splat (i32 29)
  %cosine.sign = and <8 x i32> %cosine.turn, splat (i32 -2147483648)
  %cosine.bits = xor <8 x i32> %cosine.0, %cosine.sign
  %sine = bitcast <8 x i32> %sine.bits to <8 x float>
  %cosine = bitcast <8 x i32> %cosine.bits to <8 x float>
  %one = insertvalue { <8 x float>, <8 x float> } poison, <8 x float> %cosine, 0
  %both = insertvalue { <8 x float>, <8 x float> } %one, <8 x float> %sine, 1
  ret { <8 x float>, <8 x float> } %both
}

define internal <8 x float> @all(float %x) alwaysinline {
  %one = insertelement <8 x float> poison, float %x, i64 0
  %all = shufflevector <8 x float> %one, <8 x float> poison, <8 x i32> zeroinitializer
  ret <8 x float> %all
}

; Words, in blocks of 16, to normal numbers, in place.
define internal void @transform(ptr %words, i64 %blocks, float %std, float %mean) {
entry:
  %stds = call <8 x float> @all(float %std)
  %means = call <8 x float> @all(float %mean)
  br label %sixteen
sixteen:
  %i = phi i64 [ 0, %entry ], [ %i.next, %sixteen ]
  %p = getelementptr [16 x float], ptr %words, i64 %i
  %q = getelementptr float, ptr %p, i64 8
  %first = load <8 x i32>, ptr %p, align 4
  %second = load <8 x i32>, ptr %q, align 4
  %u = call <8 x float> @unit_24(<8 x i32> %first)
  %v = call <8 x float> @unit_24(<8 x i32> %second)
  %below = fsub <8 x float> splat (float 1.0), %u
  %log = call <8 x float> @logarithm(<8 x float> %below)
  %square = fmul <8 x float> %log, splat (float -2.0)
  %radius = call <8 x float> @llvm.sqrt.v8f32(<8 x float> %square)
  %angle = fmul <8 x float> %v, splat (float $two_pi)
  %both = call { <8 x float>, <8 x float> } @cosine_and_sine(<8 x float> %angle)
  %cosine = extractvalue { <8 x float>, <8 x float> } %both, 0
  %sine = extractvalue { <8 x float>, <8 x float> } %both, 1
  %a = fmul <8 x float> %radius, %cosine
  %b = fmul <8 x float> %radius, %sine
  %y = call <8 x float> @fused(<8 x float> %a, <8 x float> %stds, <8 x float> %means)
  %z = call <8 x float> @fused(<8 x float> %b, <8 x float> %stds, <8 x float> %means)
  store <8 x float> %y, ptr %p, align 4
  store <8 x float> %z, ptr %q, align 4
  %i.next = add i64 %i, 1
  %more = icmp ult i64 %i.next, %blocks
  br i1 %more, label %sixteen, label %end
end:
  ret void
}

; Normal float32 numbers, in blocks of 16.
define void @normals(ptr %key, ptr %out, i64 %n, float %std, float %mean) {
entry:
  br label %look
look:
  %start = phi i64 [ 0, %entry ], [ %stop, %chunk ]
  %more = icmp ult i64 %start, %n
  br i1 %more, label %chunk, label %end
chunk:
  %left = sub i64 %n, %start
  %size = call i64 @llvm.umin.i64(i64 %left, i64 $chunk)
  %stop = add i64 %start, %size
  %here = getelementptr float, ptr %out, i64 %start
  call void @words(ptr %key, ptr %here, i64 %size)
  %blocks = lshr i64 %size, 4
  call void @transform(ptr %here, i64 %blocks, float %std, float %mean)
  br label %look
end:
  ret void
}
