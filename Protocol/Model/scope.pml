/*
 * Scopes: a customer leaves Ann's laptop and comes back, while she and others write about it
 * (Protocol/README.md, section 4: the feed, what departs leaves no trace).
 *
 * Two customers: 0 comes and goes, 1 is always Ann's. A record of customer 0 holds a value; others
 * overwrite it at the hub, and may do so while Ann cannot see it. A page holds one customer. Answers
 * may be lost; grants may end and begin between any two pages. An own edit made while the customer
 * was here is kept, sent and judged when it has gone: accepted, or parked; never lost.
 *
 * Invariants: nothing of what was not granted is sent (I8); a completed cut holds exactly what is
 * granted (I9); every own edit is pending, or has a verdict (I3); an accepted edit replaces nothing
 * that its author was not shown (I3, I4).
 *
 * Mutants (-D…): GRANT_WITHOUT_POSITION, PENDING_EVICTED,
 * DEPARTED_EDITABLE, SCOPE_LEAK.
 */
#define POSITIONS 10
#define NOTHING 0

/* The hub. A value is the number of the write that it comes from; 1 is the first. */
byte head = 1, value[2], asOf[2], grantedAt[2], goneAt;
bit isGranted[2];
byte changes, moves;

/* Ann's laptop: base and as-of (0: it is not here), what is staged, cursor and page. */
byte cursor, key, began, base[2], baseAsOf[2], staged[2], stagedAsOf[2], stagedHow[2];
bit isReadOnly;
#define HERE 1
#define GONE 2

/* An own edit of customer 0: what it had seen, and what became of it. */
byte edit, editSeen, shown;
#define UNWRITTEN 0
#define WAITING 1
#define ACCEPTED 2
#define PARKED 3
#define LOST 4
bit isSettled, isTaken;
byte verdictAt;

typedef Answer { bit live; byte verdict; byte at; byte root; byte how; byte value; byte asOf; byte key; bit isLast; byte position };
Answer answer;
typedef Cut { byte value[2] };
Cut past[POSITIONS];

byte r, best, count, round, news;
bit isHeld;

inline remember_past()
{
  past[head].value[0] = (isGranted[0] -> value[0] : NOTHING);
  past[head].value[1] = value[1]
}

/* The hub judges Ann's edit once: who had the customer when he wrote, and has not now, is parked. */
inline judge()
{
  if
  :: edit == WAITING && !isTaken ->
    isTaken = true;
    if
    :: isGranted[0] ->
      /* The clock covers what stands there, or it stands beside it: nothing unseen is replaced. */
      assert(asOf[0] > editSeen || value[0] == shown);
      head++;
      if
      :: asOf[0] <= editSeen -> value[0] = 9
      :: else -> value[0] = 10
      fi;
      asOf[0] = head; verdictAt = head; remember_past()
    :: else -> verdictAt = 255
    fi
  :: else
  fi
}

/* Where a customer stands in the feed: where it last changed, or was granted, or left. */
inline news_of(p_r)
{
  news = 0;
  if
  :: isGranted[p_r] ->
    news = asOf[p_r];
#ifndef GRANT_WITHOUT_POSITION
    if
    :: grantedAt[p_r] > news -> news = grantedAt[p_r]
    :: else
    fi
#endif
  :: !isGranted[p_r] ->
    if
    :: p_r == 0 && goneAt > (cursor == 0 -> began : cursor) -> news = goneAt
    :: else
    fi
  fi;
#ifdef SCOPE_LEAK
  news = (asOf[p_r] > news -> asOf[p_r] : news)
#endif
}

inline ask()
{
  judge();
  answer.live = true;
  answer.verdict = (isTaken -> (verdictAt == 255 -> PARKED : ACCEPTED) : 0);
  answer.at = (isTaken && verdictAt != 255 -> verdictAt : 0);
  if
  :: key == 0 -> key = cursor * 2 + 1; began = head
  :: else
  fi;
  best = 255; count = 0; answer.root = 0; answer.how = 0; answer.value = 0; answer.asOf = 0;
  r = 0;
  do
  :: r < 2 ->
    news_of(r);
    if
    :: news > 0 && news * 2 + r > key ->
      count++;
      if
      :: news * 2 + r < best -> best = news * 2 + r; answer.root = r
      :: else
      fi
    :: else
    fi;
    r++
  :: else -> break
  od;
  answer.isLast = count < 2;
  answer.position = head;
  answer.key = best;
  if
  :: count > 0 ->
    r = answer.root;
    isHeld = isGranted[r];
#ifdef SCOPE_LEAK
    isHeld = true;
#endif
    if
    :: isHeld ->
      answer.how = HERE; answer.value = value[r]; answer.asOf = asOf[r];
      assert(isGranted[r])                                                          /* I8 */
    :: else -> answer.how = GONE
    fi
  :: else
  fi
}

inline make_visible(p_r)
{
  if
  :: stagedHow[p_r] == HERE -> base[p_r] = staged[p_r]; baseAsOf[p_r] = stagedAsOf[p_r]
  :: stagedHow[p_r] == GONE ->
    base[p_r] = NOTHING; baseAsOf[p_r] = 0;
#ifdef PENDING_EVICTED
    if
    :: p_r == 0 && edit == WAITING -> edit = LOST
    :: else
    fi
#endif
  :: else
  fi;
  stagedHow[p_r] = 0; staged[p_r] = 0; stagedAsOf[p_r] = 0
}

inline learn()
{
  if
  :: edit == WAITING && answer.verdict > 0 -> edit = answer.verdict
  :: else
  fi;
  if
  :: answer.how > 0 ->
    r = answer.root;
    stagedHow[r] = answer.how; staged[r] = answer.value; stagedAsOf[r] = answer.asOf;
    key = answer.key
  :: else
  fi;
  if
  :: answer.isLast ->
    make_visible(0); make_visible(1);
    cursor = answer.position; key = 0; began = 0;
    if
    :: edit >= ACCEPTED && (edit != ACCEPTED || verdictAt <= cursor) -> isSettled = true
    :: else
    fi;
    isReadOnly = base[0] == NOTHING;
#ifdef DEPARTED_EDITABLE
    isReadOnly = false
#endif
  :: else
  fi;
  answer.live = false
}

inline check()
{
  if
  :: cursor > 0 ->
    assert(base[0] == past[cursor].value[0]);                                       /* I9 */
    assert(base[1] == past[cursor].value[1])
  :: else
  fi;
  assert(edit != LOST);                                                             /* I3 */
  r = 0; best = 0; count = 0; news = 0; isHeld = 0
}

inline come_to_rest()
{
  round = 0;
  do
  :: round < 8 -> ask(); learn(); round++
  :: else -> break
  od;
  assert(cursor == head);                                                           /* I12 */
  assert(base[0] == (isGranted[0] -> value[0] : NOTHING) && base[1] == value[1]);
  assert(edit == UNWRITTEN || isSettled && (edit == ACCEPTED || edit == PARKED));
  round = 0
}

init {
  d_step {
    value[0] = 1; value[1] = 1; asOf[0] = 1; asOf[1] = 1; isGranted[0] = true; isGranted[1] = true;
    grantedAt[0] = 1; grantedAt[1] = 1; remember_past()
  }
  do
  /* Others write: about customer 0, whether Ann sees it or not; about customer 1. */
  :: d_step { changes < 3 ->
       changes++; head++; value[0] = 1 + changes; asOf[0] = head; remember_past(); check() }
  :: d_step { changes < 3 ->
       changes++; head++; value[1] = 1 + changes; asOf[1] = head; remember_past(); check() }
  /* Customer 0 goes to somebody else, and comes back, each under a position. */
  :: d_step { isGranted[0] && moves < 4 ->
       moves++; head++; isGranted[0] = false; goneAt = head; remember_past(); check() }
  :: d_step { !isGranted[0] && moves < 4 ->
       moves++; head++; isGranted[0] = true; grantedAt[0] = head; remember_past(); check() }
  /* Ann writes about customer 0 while it is here. What she does not see she does not write. */
  :: d_step { edit == UNWRITTEN && cursor > 0 && !isReadOnly ->
       edit = WAITING; shown = base[0]; editSeen = (base[0] == NOTHING -> cursor : baseAsOf[0]); check() }
  :: d_step { ask(); check() }
  :: d_step { answer.live -> learn(); check() }
  :: d_step { come_to_rest() } -> break
  od
}
