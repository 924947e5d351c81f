; The executor; its notes, and the numbers named here by a dollar sign, are in
; executor.py.

$declare_pause
declare i64 @llvm.umax.i64(i64, i64)

define internal void @pause() alwaysinline {
  $pause
  ret void
}

define internal void @yield(ptr %team) {
  %p = getelementptr i64, ptr %team, i64 $YIELD
  %yield = load ptr, ptr %p
  %ignored = call i32 %yield()
  ret void
}

define internal i64 @read(ptr %words, i64 %index) alwaysinline {
  %p = getelementptr i64, ptr %words, i64 %index
  %word = load atomic i64, ptr %p seq_cst, align 8
  ret i64 %word
}

define internal void @write(ptr %words, i64 %index, i64 %value) alwaysinline {
  %p = getelementptr i64, ptr %words, i64 %index
  store atomic i64 %value, ptr %p seq_cst, align 8
  ret void
}

define internal i64 @add(ptr %words, i64 %index, i64 %value) alwaysinline {
  %p = getelementptr i64, ptr %words, i64 %index
  %old = atomicrmw add ptr %p, i64 %value seq_cst
  %new = add i64 %old, %value
  ret i64 %new
}

define internal ptr @pointer(ptr %words, i64 %index) alwaysinline {
  %p = getelementptr i64, ptr %words, i64 %index
  %pointer = load ptr, ptr %p
  ret ptr %pointer
}

define internal i1 @is_left(ptr %team) alwaysinline {
  %cursor = call i64 @read(ptr %team, i64 $CURSOR)
  %next = and i64 %cursor, 4294967295
  %end = lshr i64 %cursor, 32
  %any = icmp ult i64 %next, %end
  ret i1 %any
}

; Run blocks of a group: one step at once, several block by block.
define internal void @run_blocks(
    ptr %program, i64 %group, i64 %first, i64 %last, i64 %thread) {
entry:
  %groups = call ptr @pointer(ptr %program, i64 $P_GROUPS)
  %steps = call ptr @pointer(ptr %program, i64 $P_STEPS)
  %args = call ptr @pointer(ptr %program, i64 $P_ARGS)
  %g = getelementptr [4 x i64], ptr %groups, i64 %group
  %g.first = load i64, ptr %g
  %g.count.p = getelementptr i64, ptr %g, i64 1
  %g.count = load i64, ptr %g.count.p
  %g.last = add i64 %g.first, %g.count
  %alone = icmp eq i64 %g.count, 1
  %all = sub i64 %last, %first
  %stride = select i1 %alone, i64 %all, i64 1
  br label %blocks
blocks:
  %block = phi i64 [ %first, %entry ], [ %block.end, %following ]
  %block.end = add i64 %block, %stride
  br label %step
step:
  %s = phi i64 [ %g.first, %blocks ], [ %s.next, %step ]
  %s.p = getelementptr [2 x i64], ptr %steps, i64 %s
  %function = load ptr, ptr %s.p
  %a.p = getelementptr i64, ptr %s.p, i64 1
  %a = load i64, ptr %a.p
  %a.first = getelementptr ptr, ptr %args, i64 %a
  call void %function(ptr %a.first, i64 %block, i64 %block.end, i64 %thread)
  %s.next = add i64 %s, 1
  %more = icmp slt i64 %s.next, %g.last
  br i1 %more, label %step, label %following
following:
  %again = icmp slt i64 %block.end, %last
  br i1 %again, label %blocks, label %end
end:
  ret void
}

define internal i64 @blocks_of(ptr %program, i64 %group) alwaysinline {
  %groups = call ptr @pointer(ptr %program, i64 $P_GROUPS)
  %g = getelementptr [4 x i64], ptr %groups, i64 %group
  %p = getelementptr i64, ptr %g, i64 2
  %blocks = load i64, ptr %p
  ret i64 %blocks
}

; Wake those who sleep: the caller, and workers where that is worth it.
define internal void @ring(ptr %team, i64 %worth) {
  %sleepers = call i64 @read(ptr %team, i64 $SLEEPERS)
  %caller = call i64 @read(ptr %team, i64 $CALLER_SLEEPS)
  %workers = mul i64 %sleepers, %worth
  %whom = or i64 %workers, %caller
  %any = icmp ne i64 %whom, 0
  br i1 %any, label %wake, label %end
wake:
  %bell = getelementptr i64, ptr %team, i64 $BELL
  %old = atomicrmw add ptr %bell, i32 1 seq_cst
  call void @wake_all(ptr %team, ptr %bell)
  br label %end
end:
  ret void
}

; Go on after a group, as the only one who may: Note [Claims].
define internal void @advance(ptr %team, ptr %program, i64 %group, i64 %thread) {
entry:
  %count = call i64 @read(ptr %program, i64 $P_GROUP_COUNT)
  %worth = call i64 @read(ptr %program, i64 $P_WAKE)
  br label %look
look:
  %before = phi i64 [ %group, %entry ], [ %g, %next ], [ %g, %alone ]
  %g = add i64 %before, 1
  %more = icmp slt i64 %g, %count
  br i1 %more, label %next, label %finish
next:
  %blocks = call i64 @blocks_of(ptr %program, i64 %g)
  switch i64 %blocks, label %share [
    i64 0, label %look
    i64 1, label %alone
  ]
alone:
  call void @run_blocks(ptr %program, i64 %g, i64 0, i64 1, i64 %thread)
  br label %look
share:
  call void @write(ptr %team, i64 $GROUP, i64 %g)
  call void @write(ptr %team, i64 $DONE, i64 0)
  %cursor = shl i64 %blocks, 32
  call void @write(ptr %team, i64 $CURSOR, i64 %cursor)
  call void @ring(ptr %team, i64 %worth)
  ret void
finish:
  call void @write(ptr %team, i64 $RUNNING, i64 0)
  call void @ring(ptr %team, i64 0)
  ret void
}

; Claim some blocks and run them; false if none were left.
define internal i1 @work(ptr %team, i64 %thread) {
  %cursor = call i64 @read(ptr %team, i64 $CURSOR)
  %next = and i64 %cursor, 4294967295
  %end = lshr i64 %cursor, 32
  %any = icmp ult i64 %next, %end
  br i1 %any, label %claim, label %nothing
nothing:
  ret i1 false
claim:
  %left = sub i64 %end, %next
  %size = call i64 @read(ptr %team, i64 $SIZE)
  %twice = shl i64 %size, 1
  %share = udiv i64 %left, %twice
  %n = call i64 @llvm.umax.i64(i64 %share, i64 1)
  %odd = trunc i64 %thread to i1
  %less.front = add i64 %cursor, %n
  %high = shl i64 %n, 32
  %less.back = sub i64 %cursor, %high
  %less = select i1 %odd, i64 %less.back, i64 %less.front
  %place = getelementptr i64, ptr %team, i64 $CURSOR
  %pair = cmpxchg ptr %place, i64 %cursor, i64 %less seq_cst seq_cst
  %won = extractvalue { i64, i1 } %pair, 1
  br i1 %won, label %run, label %did
run:
  %program = call ptr @pointer(ptr %team, i64 $PROGRAM)
  %group = call i64 @read(ptr %team, i64 $GROUP)
  %first.back = sub i64 %end, %n
  %first = select i1 %odd, i64 %first.back, i64 %next
  %last = add i64 %first, %n
  %blocks = call i64 @blocks_of(ptr %program, i64 %group)
  call void @run_blocks(
      ptr %program, i64 %group, i64 %first, i64 %last, i64 %thread)
  %complete = call i64 @add(ptr %team, i64 $DONE, i64 %n)
  %whole = icmp eq i64 %complete, %blocks
  br i1 %whole, label %advance, label %did
advance:
  call void @advance(ptr %team, ptr %program, i64 %group, i64 %thread)
  br label %did
did:
  ret i1 true
}

; One more fruitless look: spin, or let others run, or say that it is time to sleep.
define internal i1 @idle(ptr %team, i64 %looks) {
  %spins = call i64 @read(ptr %team, i64 $SPINS)
  %yields = call i64 @read(ptr %team, i64 $YIELDS)
  %both = add i64 %spins, %yields
  %spin = icmp slt i64 %looks, %spins
  br i1 %spin, label %pause, label %later
pause:
  call void @pause()
  ret i1 false
later:
  %patient = icmp slt i64 %looks, %both
  br i1 %patient, label %yield, label %sleep
yield:
  call void @yield(ptr %team)
  ret i1 false
sleep:
  ret i1 true
}

define void @worker(ptr %team, i64 %thread) {
entry:
  br label %look
look:
  %looks = phi i64 [ 0, %entry ], [ 0, %working ], [ %one.more, %idling ], [ 0, %rise ]
  %stop = call i64 @read(ptr %team, i64 $STOP)
  %stopped = icmp ne i64 %stop, 0
  br i1 %stopped, label %end, label %working
working:
  %did = call i1 @work(ptr %team, i64 %thread)
  br i1 %did, label %look, label %idling
idling:
  %one.more = add i64 %looks, 1
  %tired = call i1 @idle(ptr %team, i64 %looks)
  br i1 %tired, label %lie, label %look
lie:
  %bell = getelementptr i64, ptr %team, i64 $BELL
  %heard = load atomic i32, ptr %bell seq_cst, align 8
  %sleeping = call i64 @add(ptr %team, i64 $SLEEPERS, i64 1)
  %left = call i1 @is_left(ptr %team)
  %stop.2 = call i64 @read(ptr %team, i64 $STOP)
  %leave = icmp ne i64 %stop.2, 0
  %awake = or i1 %left, %leave
  br i1 %awake, label %rise, label %sleep
sleep:
  call void @sleep(ptr %team, ptr %bell, i32 %heard, i32 $long_nap)
  br label %rise
rise:
  %risen = call i64 @add(ptr %team, i64 $SLEEPERS, i64 -1)
  br label %look
end:
  ret void
}

; Run all groups on this thread alone.
define internal void @run_alone(ptr %program) {
entry:
  %count = call i64 @read(ptr %program, i64 $P_GROUP_COUNT)
  br label %look
look:
  %g = phi i64 [ 0, %entry ], [ %g.next, %one ], [ %g.next, %run ]
  %more = icmp slt i64 %g, %count
  br i1 %more, label %one, label %end
one:
  %g.next = add i64 %g, 1
  %blocks = call i64 @blocks_of(ptr %program, i64 %g)
  %any = icmp sgt i64 %blocks, 0
  br i1 %any, label %run, label %look
run:
  call void @run_blocks(ptr %program, i64 %g, i64 0, i64 %blocks, i64 0)
  br label %look
end:
  ret void
}

; Whether the workers are worth having, or all asleep and to be left so.
define internal i1 @has_help(ptr %team, ptr %program) {
  %size = call i64 @read(ptr %team, i64 $SIZE)
  %workers = sub i64 %size, 1
  %sleepers = call i64 @read(ptr %team, i64 $SLEEPERS)
  %worth = call i64 @read(ptr %program, i64 $P_WAKE)
  %some = icmp sgt i64 %workers, 0
  %awake = icmp slt i64 %sleepers, %workers
  %wake = icmp ne i64 %worth, 0
  %either = or i1 %awake, %wake
  %both = and i1 %some, %either
  ret i1 %both
}

define internal void @run_together(ptr %team, ptr %program) {
entry:
  %program.word = ptrtoint ptr %program to i64
  call void @write(ptr %team, i64 $PROGRAM, i64 %program.word)
  call void @write(ptr %team, i64 $RUNNING, i64 1)
  call void @advance(ptr %team, ptr %program, i64 -1, i64 0)
  br label %look
look:
  %looks = phi i64 [ 0, %entry ], [ 0, %working ], [ %one.more, %idling ], [ 0, %rise ]
  %running = call i64 @read(ptr %team, i64 $RUNNING)
  %on = icmp ne i64 %running, 0
  br i1 %on, label %working, label %end
working:
  %did = call i1 @work(ptr %team, i64 0)
  br i1 %did, label %look, label %idling
idling:
  %one.more = add i64 %looks, 1
  %tired = call i1 @idle(ptr %team, i64 %looks)
  br i1 %tired, label %lie, label %look
lie:
  %bell = getelementptr i64, ptr %team, i64 $BELL
  %heard = load atomic i32, ptr %bell seq_cst, align 8
  call void @write(ptr %team, i64 $CALLER_SLEEPS, i64 1)
  %left = call i1 @is_left(ptr %team)
  %running.2 = call i64 @read(ptr %team, i64 $RUNNING)
  %over = icmp eq i64 %running.2, 0
  %awake = or i1 %left, %over
  br i1 %awake, label %rise, label %sleep
sleep:
  call void @sleep(ptr %team, ptr %bell, i32 %heard, i32 $short_nap)
  br label %rise
rise:
  call void @write(ptr %team, i64 $CALLER_SLEEPS, i64 0)
  br label %look
end:
  ret void
}

define internal void @lock_blas(ptr %blas) {
entry:
  %lock = getelementptr i64, ptr %blas, i64 $B_LOCK
  br label %try
try:
  %pair = cmpxchg ptr %lock, i64 0, i64 1 seq_cst seq_cst
  %won = extractvalue { i64, i1 } %pair, 1
  br i1 %won, label %locked, label %wait
wait:
  call void @pause()
  br label %try
locked:
  ret void
}

; Say how many threads BLAS has between runs.
define void @set_blas(ptr %blas, i64 %threads) {
  call void @lock_blas(ptr %blas)
  call void @write(ptr %blas, i64 $B_BEFORE, i64 %threads)
  %users = call i64 @read(ptr %blas, i64 $B_USERS)
  %used = icmp ne i64 %users, 0
  br i1 %used, label %unlock, label %now
now:
  %set = call ptr @pointer(ptr %blas, i64 $B_SET)
  %count = trunc i64 %threads to i32
  call void %set(i32 %count)
  br label %unlock
unlock:
  call void @write(ptr %blas, i64 $B_LOCK, i64 0)
  ret void
}

; Count a run that uses BLAS in (+1) or out (-1): BLAS has one thread meanwhile.
define internal void @use_blas(ptr %blas, i64 %change) {
  call void @lock_blas(ptr %blas)
  %users = call i64 @add(ptr %blas, i64 $B_USERS, i64 %change)
  %set = call ptr @pointer(ptr %blas, i64 $B_SET)
  %enters = icmp sgt i64 %change, 0
  %first = icmp eq i64 %users, 1
  %begin = and i1 %enters, %first
  br i1 %begin, label %alone, label %leaving
alone:
  %get = call ptr @pointer(ptr %blas, i64 $B_GET)
  %threads = call i32 %get()
  %threads.word = sext i32 %threads to i64
  call void @write(ptr %blas, i64 $B_BEFORE, i64 %threads.word)
  call void %set(i32 1)
  br label %unlock
leaving:
  %last = icmp eq i64 %users, 0
  br i1 %last, label %restore, label %unlock
restore:
  %before.word = call i64 @read(ptr %blas, i64 $B_BEFORE)
  %before = trunc i64 %before.word to i32
  call void %set(i32 %before)
  br label %unlock
unlock:
  call void @write(ptr %blas, i64 $B_LOCK, i64 0)
  ret void
}

define internal void @resolve(ptr %program) {
entry:
  %args = call ptr @pointer(ptr %program, i64 $P_ARGS)
  %slots = call ptr @pointer(ptr %program, i64 $P_SLOTS)
  %offsets = call ptr @pointer(ptr %program, i64 $P_OFFSETS)
  %bases = call ptr @pointer(ptr %program, i64 $P_BASES)
  %count = call i64 @read(ptr %program, i64 $P_COUNT)
  br label %look
look:
  %i = phi i64 [ 0, %entry ], [ %i.next, %one ]
  %more = icmp slt i64 %i, %count
  br i1 %more, label %one, label %end
one:
  %slot.p = getelementptr i64, ptr %slots, i64 %i
  %slot = load i64, ptr %slot.p
  %base.p = getelementptr i64, ptr %bases, i64 %slot
  %base = load i64, ptr %base.p
  %offset.p = getelementptr i64, ptr %offsets, i64 %i
  %offset = load i64, ptr %offset.p
  %arg = add i64 %base, %offset
  %arg.p = getelementptr i64, ptr %args, i64 %i
  store i64 %arg, ptr %arg.p
  %i.next = add i64 %i, 1
  br label %look
end:
  ret void
}

; Run a program on the team if it is free and of help, else on this thread.
define void @execute(ptr %program) {
  call void @resolve(ptr %program)
  %team = call ptr @pointer(ptr %program, i64 $P_TEAM)
  %blas = call ptr @pointer(ptr %program, i64 $P_BLAS)
  %products = icmp ne ptr %blas, null
  br i1 %products, label %quiet, label %ready
quiet:
  call void @use_blas(ptr %blas, i64 1)
  br label %ready
ready:
  %help = call i1 @has_help(ptr %team, ptr %program)
  br i1 %help, label %ask, label %alone
ask:
  %busy = getelementptr i64, ptr %team, i64 $BUSY
  %pair = cmpxchg ptr %busy, i64 0, i64 1 seq_cst seq_cst
  %free = extractvalue { i64, i1 } %pair, 1
  br i1 %free, label %together, label %alone
together:
  call void @run_together(ptr %team, ptr %program)
  call void @write(ptr %team, i64 $BUSY, i64 0)
  br label %over
alone:
  call void @run_alone(ptr %program)
  br label %over
over:
  br i1 %products, label %loud, label %end
loud:
  call void @use_blas(ptr %blas, i64 -1)
  br label %end
end:
  ret void
}

; Run a program whose given bases are array objects: their data is meant.
define void @execute_on(ptr %program) {
entry:
  %bases = call ptr @pointer(ptr %program, i64 $P_BASES)
  %count = call i64 @read(ptr %program, i64 $P_GIVEN)
  br label %look
look:
  %i = phi i64 [ 0, %entry ], [ %i.next, %one ]
  %more = icmp slt i64 %i, %count
  br i1 %more, label %one, label %run
one:
  %base.p = getelementptr i64, ptr %bases, i64 %i
  %object = load ptr, ptr %base.p
  %data.p = getelementptr i8, ptr %object, i64 $data_pointer
  %data = load i64, ptr %data.p
  store i64 %data, ptr %base.p
  %i.next = add i64 %i, 1
  br label %look
run:
  call void @execute(ptr %program)
  ret void
}

; Tell the workers to leave.
define void @stop(ptr %team) {
  call void @write(ptr %team, i64 $STOP, i64 1)
  call void @ring(ptr %team, i64 1)
  ret void
}

; Pause some times: to measure how long that takes.
define void @spin(i64 %count) {
entry:
  br label %look
look:
  %i = phi i64 [ 0, %entry ], [ %i.next, %look ]
  call void @pause()
  %i.next = add i64 %i, 1
  %more = icmp slt i64 %i.next, %count
  br i1 %more, label %look, label %end
end:
  ret void
}
