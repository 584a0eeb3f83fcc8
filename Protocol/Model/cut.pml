/*
 * Cuts: a laptop pushes and pulls in pages while others write, and the connection is cut at every
 * point (Protocol/README.md, sections 2, 4 and 6).
 *
 * Three records with one field of the rule review. Ann's laptop writes 1 and 2; somebody else has
 * written 5, and writes 3 at the hub, having seen everything or nothing since the start. A page holds
 * one record. An answer may be lost, and Ann may write between any two steps. A copy of Ann's laptop
 * writes 4 and pushes it under the identity that both have. The hub may be restored from a backup, once.
 *
 * Causality by sets (`knows`: what an author was ever shown) is kept beside the clocks and judges
 * them: no lost update, no false conflict. Besides: exact cut (I9), no flicker (I7), rest (I12).
 *
 * Mutants (-D…): DROP_ON_ACK, NO_COMPLETION_CHECK, OUT_OF_ORDER, CURSOR_AS_SEEN, TORN_CUT, NO_EPOCH,
 * NO_CHAIN_HASH.
 */
#define WRITES 6
#define RECORDS 3
#define POSITIONS 8
#define BIT(w) (1 << (w))

#define TAKEN 0
#define FORKED 1
#define GAP 2
#define BRANCHED 3

typedef Log { byte n; byte entry[2] };
typedef Hub {
  byte head; byte siblings[RECORDS]; byte asOf[RECORDS]; byte position[WRITES]; byte by[WRITES];
  bit isDisturbed[WRITES]; Log log[3]; byte epoch; byte branch
};
Hub hub, backup;
bit hasBackup, wasRestored;

/* State of an own write: none, pending, acknowledged, contained in the base and retained. */
#define NONE 0
#define PENDING 1
#define ACKED 2
#define SETTLED 3

/* Ann's laptop. What is staged is invisible; `key` says how far the pull has come. */
byte id = 1, written, verdicts, cursor = 1, epoch, key;
byte base[RECORDS], asOf[RECORDS], staged[RECORDS], stagedAsOf[RECORDS], stagedHow[RECORDS];
byte state[3], position[3], seen[3], writtenIn[3];

typedef Answer {
  bit live; byte kind; byte upTo; byte at[3]; byte record; byte how; byte content; byte asOf;
  bit isLast; byte position
};
Answer answer;
#define NO_RECORD 0
#define WHOLE 1
#define UNDISTURBED 2

bit hasThree, hasFour;
byte reserved, reservedSeen;

/* What judges: the record of each write, what its author was ever shown, what Ann was, the past. */
byte record[WRITES], knows[WRITES], shown[RECORDS];
typedef Projection { byte state[RECORDS] };
Projection past[POSITIONS];

byte i, r, w, known, common, covered, best, own, round;
bit isOwn;

inline remember_past()
{
  past[hub.head].state[0] = hub.siblings[0]; past[hub.head].state[1] = hub.siblings[1];
  past[hub.head].state[2] = hub.siblings[2]
}

/* Section 3: siblings' = siblings that the clock does not cover, and the new one. */
inline commit(p_w, p_seen, p_own, p_by, p_at)
{
  covered = 0;
  i = 0;
  do
  :: i < WRITES ->
    if
    :: (hub.siblings[record[p_w]] & BIT(i)) &&
       (hub.position[i] <= p_seen || (p_own & BIT(i))) -> covered = covered | BIT(i)
    :: else
    fi;
    i++
  :: else -> break
  od;
  assert((covered & ~knows[p_w]) == 0);                                     /* no lost update */
  assert(wasRestored || (hub.siblings[record[p_w]] & knows[p_w] & ~covered) == 0);
  hub.isDisturbed[p_w] = covered != hub.siblings[record[p_w]];
  hub.siblings[record[p_w]] = (hub.siblings[record[p_w]] & ~covered) | BIT(p_w);
  hub.position[p_w] = p_at; hub.by[p_w] = p_by; hub.asOf[record[p_w]] = p_at;
  remember_past()
}

/* Section 4, step 4: each edit once; its clock is clamped where it is of an epoch that was left. */
inline take(p_w)
{
  if
  :: hub.position[p_w] == 0 ->
    best = seen[p_w];
    if
    :: writtenIn[p_w] != hub.epoch && best > hub.branch -> best = hub.branch
    :: else
    fi;
    hub.head++;
    own = (p_w == 2 -> BIT(1) : 0);
    commit(p_w, best, own, id, hub.head)
  :: else
  fi;
  hub.log[id].entry[hub.log[id].n] = p_w;
  hub.log[id].n++
}

/* The next record of the feed after `key`, and whether it is the last one (section 4, the feed). */
inline page()
{
  answer.record = 0; answer.how = NO_RECORD; answer.content = 0; answer.asOf = 0; best = 255;
  r = 0; known = 0;
  do
  :: r < RECORDS ->
    if
    :: hub.asOf[r] * 4 + r > key ->
      known++;
      if
      :: hub.asOf[r] * 4 + r < best ->
        best = hub.asOf[r] * 4 + r; answer.record = r; answer.how = WHOLE
      :: else
      fi
    :: else
    fi;
    r++
  :: else -> break
  od;
  r = answer.record;
  answer.isLast = known < 2;
  answer.position = hub.head;
  if
  :: answer.how == WHOLE ->
    answer.asOf = hub.asOf[r]; answer.content = hub.siblings[r];
    isOwn = cursor > 0;
    i = 0;
    do
    :: i < WRITES ->
      if
      :: record[i] == r && hub.position[i] > cursor && (hub.by[i] != id || hub.isDisturbed[i]) ->
        isOwn = false
      :: else
      fi;
      i++
    :: else -> break
    od;
    if
    :: isOwn -> answer.how = UNDISTURBED; answer.content = 0
    :: else
    fi
  :: else
  fi
}

/* The log the laptop shows against the log the hub has (section 4, step 3), at every page. */
inline compare()
{
  known = hub.log[id].n;
  common = 0;
  do
  :: common < known && common < written && hub.log[id].entry[common] == common + 1 -> common++
  :: else -> break
  od;
#ifdef NO_CHAIN_HASH
  common = (known < written -> known : written);
#endif
#ifdef NO_COMPLETION_CHECK
  if
  :: key > cursor * 4 + 3 && verdicts == written -> common = known
  :: else
  fi
#endif
}

/* The laptop asks and the hub answers. What happens between the two is the same as what happens
   while the answer is under way: the request holds nothing that the laptop did not have. */
inline ask()
{
  answer.live = true; answer.kind = TAKEN; answer.upTo = 0;
  if
  :: key == 0 -> key = cursor * 4 + 3
  :: else
  fi;
  if
  :: epoch != hub.epoch -> answer.kind = BRANCHED; answer.position = hub.branch
  :: epoch == hub.epoch && cursor > hub.head -> answer.kind = BRANCHED; answer.position = 0
  :: else ->
    compare();
    if
    :: verdicts > known -> answer.kind = GAP; answer.upTo = known
    :: verdicts <= known && (common < verdicts || common < known) -> answer.kind = FORKED
    :: else ->
      do
      :: hub.log[id].n < written -> w = hub.log[id].n + 1; take(w)
      :: else -> break
      od;
      answer.upTo = written;
      answer.at[1] = hub.position[1]; answer.at[2] = hub.position[2];
      page()
    fi
  fi
}

inline settle(p_w)
{
  if
  :: state[p_w] == ACKED && position[p_w] <= answer.position -> state[p_w] = SETTLED
  :: else
  fi
}

/* Section 4: the last page makes the cut visible, in one transaction. */
inline make_visible(p_r)
{
  if
  :: stagedHow[p_r] == WHOLE -> base[p_r] = staged[p_r]; asOf[p_r] = stagedAsOf[p_r]
  :: stagedHow[p_r] == UNDISTURBED ->
    /* Own bytes, applied to the old base, are the new base. */
    i = 1;
    do
    :: i < 3 ->
      if
      :: state[i] >= ACKED && record[i] == p_r && position[i] > asOf[p_r] &&
         position[i] <= stagedAsOf[p_r] -> base[p_r] = BIT(i)
      :: else
      fi;
      i++
    :: else -> break
    od;
    asOf[p_r] = stagedAsOf[p_r]
  :: else
  fi;
  stagedHow[p_r] = 0; staged[p_r] = 0; stagedAsOf[p_r] = 0;
  shown[p_r] = shown[p_r] | base[p_r];
  i = 0;
  do
  :: i < WRITES ->
    if
    :: base[p_r] & BIT(i) -> shown[p_r] = shown[p_r] | knows[i]
    :: else
    fi;
    i++
  :: else -> break
  od
}

inline start_anew()
{
  key = 0;
  r = 0;
  do
  :: r < RECORDS -> stagedHow[r] = 0; staged[r] = 0; stagedAsOf[r] = 0; r++
  :: else -> break
  od
}

/* The laptop takes the answer in (sections 4 and 5). */
inline learn()
{
  if
  :: answer.kind == BRANCHED ->
    best = (answer.position > 1 -> answer.position : 1);
    if :: asOf[0] > best -> asOf[0] = best :: else fi;
    if :: asOf[1] > best -> asOf[1] = best :: else fi;
    if :: asOf[2] > best -> asOf[2] = best :: else fi;
    epoch = hub.epoch; cursor = 0; start_anew()
  :: answer.kind == FORKED ->
    assert(id == 1);
    id = 2; verdicts = 0; start_anew();
    if :: state[1] > NONE -> state[1] = PENDING :: else fi;
    if :: state[2] > NONE -> state[2] = PENDING :: else fi
  :: answer.kind == GAP ->
    verdicts = answer.upTo;
    if :: state[1] > NONE && verdicts < 1 -> state[1] = PENDING :: else fi;
    if :: state[2] > NONE && verdicts < 2 -> state[2] = PENDING :: else fi
  :: answer.kind == TAKEN ->
    if :: answer.upTo > verdicts -> verdicts = answer.upTo :: else fi;
    w = 1;
    do
    :: w <= answer.upTo ->
      if :: state[w] == PENDING -> state[w] = ACKED; position[w] = answer.at[w] :: else fi;
#ifdef DROP_ON_ACK
      state[w] = SETTLED;
#endif
      w++
    :: else -> break
    od;
    if
    :: answer.how != NO_RECORD ->
      r = answer.record;
      stagedHow[r] = answer.how; staged[r] = answer.content; stagedAsOf[r] = answer.asOf;
      key = answer.asOf * 4 + r;
#ifdef TORN_CUT
      make_visible(r)
#endif
    :: else
    fi;
    if
    :: answer.isLast ->
      make_visible(0); make_visible(1); make_visible(2);
      cursor = answer.position; start_anew();
      settle(1); settle(2)
    :: else
    fi
  fi;
  answer.live = false
}

/* I9: the base is the hub's state at the cursor. I7: what Ann wrote is in her view, or in her base, or
   replaced there by somebody who knew it. */
inline check()
{
  if
  :: epoch == hub.epoch && cursor > 0 ->
    assert(base[0] == past[cursor].state[0]); assert(base[1] == past[cursor].state[1]);
    assert(base[2] == past[cursor].state[2])
  :: else
  fi;
  w = 1;
  do
  :: w < 3 ->
    if
    :: state[w] == SETTLED ->
      isOwn = false;
      i = 1;
      do
      :: i < WRITES ->
        isOwn = isOwn || ((base[record[w]] & BIT(i)) != 0 && (i == w || (knows[i] & BIT(w)) != 0));
        i++
      :: else -> break
      od;
      assert(isOwn || (state[2] != NONE && state[2] != SETTLED && record[2] == record[w]))
    :: else
    fi;
    w++
  :: else -> break
  od;
  i = 0; r = 0; w = 0; known = 0; common = 0; covered = 0; best = 0; own = 0; isOwn = 0
}

inline write_own(p_r)
{
  written++;
  record[written] = p_r; state[written] = PENDING; writtenIn[written] = epoch;
  seen[written] = asOf[p_r];
#ifdef CURSOR_AS_SEEN
  seen[written] = (key > cursor * 4 + 3 -> key / 4 : cursor);
#endif
  knows[written] = shown[p_r];
  shown[p_r] = shown[p_r] | BIT(written)
}

/* Somebody who is always in touch. */
inline write_three(p_r, p_isLate)
{
  hasThree = true; record[3] = p_r; knows[3] = BIT(0);
  if
  :: p_isLate -> known = 1
  :: else ->
    known = hub.head;
    i = 0;
    do
    :: i < WRITES ->
      if
      :: hub.siblings[p_r] & BIT(i) -> knows[3] = knows[3] | BIT(i) | knows[i]
      :: else
      fi;
      i++
    :: else -> break
    od
  fi;
  hub.head++;
#ifdef OUT_OF_ORDER
  /* The number is given, and the commit comes when it comes. */
  reserved = hub.head; reservedSeen = known; remember_past()
#else
  commit(3, known, 0, 3, hub.head)
#endif
}

/* The copy: nothing seen but the disk image, and the identity of Ann's laptop while that is free. */
inline write_four(p_r)
{
  hasFour = true; record[4] = p_r; knows[4] = BIT(0);
  known = 0;
#ifdef NO_CHAIN_HASH
  known = hub.log[1].n;
#endif
  if
  :: hub.log[1].n == 0 ->
    hub.log[1].entry[0] = 4; hub.log[1].n = 1; hub.head++; commit(4, 1, 0, 1, hub.head)
  :: hub.log[1].n > 0 && known == 0 -> hub.head++; commit(4, 1, 0, 0, hub.head)
  :: else /* taken for what is known already */
  fi
}

inline copy_hub(p_from, p_to)
{
  p_to.head = p_from.head; p_to.epoch = p_from.epoch; p_to.branch = p_from.branch;
  i = 0;
  do
  :: i < RECORDS -> p_to.siblings[i] = p_from.siblings[i]; p_to.asOf[i] = p_from.asOf[i]; i++
  :: else -> break
  od;
  i = 0;
  do
  :: i < 3 ->
    p_to.log[i].n = p_from.log[i].n; p_to.log[i].entry[0] = p_from.log[i].entry[0];
    p_to.log[i].entry[1] = p_from.log[i].entry[1]; i++
  :: else -> break
  od;
  i = 0;
  do
  :: i < WRITES ->
    p_to.position[i] = p_from.position[i]; p_to.by[i] = p_from.by[i];
    p_to.isDisturbed[i] = p_from.isDisturbed[i]; i++
  :: else -> break
  od
}

inline restore()
{
  copy_hub(backup, hub); wasRestored = true;
#ifndef NO_EPOCH
  hub.branch = hub.head;
  hub.epoch = 1
#endif
}

/* No more faults: within ten round trips Ann has the hub's state, and the hub what Ann wrote. */
inline come_to_rest()
{
  round = 0;
  do
  :: round < 10 -> ask(); learn(); round++
  :: else -> break
  od;
  assert(cursor == hub.head && verdicts == written);
  assert(base[0] == hub.siblings[0] && base[1] == hub.siblings[1]);
  assert(base[2] == hub.siblings[2]);
  assert(state[1] != PENDING && state[1] != ACKED && state[2] != PENDING && state[2] != ACKED);
  w = 1;
  do
  :: w <= written ->
    assert(hub.position[w] > 0);
    isOwn = (hub.siblings[record[w]] & BIT(w)) != 0;
    i = 1;
    do
    :: i < WRITES -> isOwn = isOwn || (hub.position[i] > 0 && (knows[i] & BIT(w)) != 0); i++
    :: else -> break
    od;
    assert(isOwn);
    w++
  :: else -> break
  od;
  w = 0
}

init {
  d_step {
    /* Ann's cursor is 1; somebody has changed record 1 since. */
    i = 0;
    do
    :: i < RECORDS ->
      hub.siblings[i] = BIT(0); hub.asOf[i] = 1; base[i] = BIT(0); asOf[i] = 1; shown[i] = BIT(0); i++
    :: else -> break
    od;
    record[0] = RECORDS; hub.position[0] = 1; hub.head = 1; remember_past();
    record[5] = 1; knows[5] = BIT(0); hub.head = 2; commit(5, 1, 0, 3, 2); i = 0; covered = 0
  }
  do
  :: d_step { written < 2 -> write_own(0); check() }
  :: d_step { written < 2 -> write_own(1); check() }
  :: d_step { !hasThree -> write_three(0, false); check() }
  :: d_step { !hasThree -> write_three(0, true); check() }
  :: d_step { !hasFour -> write_four(0); check() }
  :: d_step { !hasFour -> write_four(2); check() }
  :: d_step { !hasBackup -> copy_hub(hub, backup); hasBackup = true; check() }
  :: d_step { hasBackup && !wasRestored && reserved == 0 -> restore(); check() }
  :: d_step { reserved > 0 ->
       commit(3, reservedSeen, 0, 3, reserved); reserved = 0; reservedSeen = 0; check() }
  /* An answer that was under way is lost when the laptop asks anew. */
  :: d_step { ask(); check() }
  :: d_step { answer.live -> learn(); check() }
  :: d_step { reserved == 0 -> come_to_rest() } -> break
  od
}
