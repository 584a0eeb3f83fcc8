/*
 * Identity: two laptops booted from one disk image, a hub, and a network that loses, repeats and
 * delays (Protocol/README.md, sections 4, 5 and 6).
 *
 * The image holds one unsent edit; each copy writes one more. A request carries the log of its
 * identity, the point that has a verdict, and what follows. The hub compares logs before it takes
 * anything. A chain hash is the prefix itself: the model's hash never collides. The hub may be
 * restored from a backup, once. At any point the world may come to rest: then nothing is lost any
 * more, and within six rounds everything that was written has had effect exactly once (I2, I12).
 *
 * Mutants (-D…): COUNTER_ONLY, NO_CHAIN_HASH, SAME_IDENTITY, UNCORRELATED, NOT_RETAINED.
 * Must never know anything of values, fields or merging: that is cut.pml.
 */
#define EDITS 3
#define IDS 8
#define POINTS 4

/* Kinds of answers (section 4). */
#define TAKEN 0
#define FORKED 1
#define GAP 2

typedef Log { byte n; byte edit[EDITS] };
typedef Request { bit live; bit fresh; byte id; byte point; byte n; byte edit[EDITS] };
typedef Answer { bit live; bit fresh; byte kind; byte upTo; byte id; bit isEmpty };

/* The hub: a log for each identity, what had effect how often, who was forked where. */
typedef Hub { Log log[IDS]; byte effect[EDITS]; byte issued; byte child[32]; bit isIssued[IDS] };
Hub hub, backup;
bit hasBackup, wasRestored;

/* A laptop: its edits in order; the first of them under its present identity; how many have a
   verdict. */
typedef Laptop { byte id; byte first; byte verdicts; byte n; byte edit[EDITS]; bit hasWritten };
Laptop laptop[2];
Request request[2], old[2];
Answer answer[2];

byte i, common, known, next, round, l;
bit isNew, isKnown;

/* The new identity of a copy: a function of (parent, point) until it is used (section 5). */
inline fork(p_parent, p_point, p_to)
{
  p_to.kind = FORKED;
#ifdef SAME_IDENTITY
  p_to.id = p_parent;
#else
  p_to.id = hub.child[p_parent * POINTS + p_point];
  if
  :: p_to.id == 0 || hub.log[p_to.id].n > 0 ->
    assert(hub.issued < IDS - 1);
    hub.issued++;
    p_to.id = hub.issued;
    hub.isIssued[p_to.id] = true;
    hub.child[p_parent * POINTS + p_point] = p_to.id
  :: else
  fi
#endif
}

/* Exactly once, by the identity of the edit and not by its place in a log (section 4, step 4). */
inline take(p_id, p_e)
{
  isKnown = false;
#ifndef COUNTER_ONLY
  isKnown = hub.effect[p_e] > 0;
#endif
  if
  :: !isKnown -> hub.effect[p_e]++
  :: else
  fi;
  assert(hub.effect[p_e] <= 1);
  hub.log[p_id].edit[hub.log[p_id].n] = p_e;
  hub.log[p_id].n++
}

/* The hub hears a request and answers: section 4, steps 2 to 5. */
inline hear(p_m, p_to)
{
  p_to.live = true; p_to.fresh = p_m.fresh; p_to.kind = TAKEN; p_to.upTo = 0; p_to.id = 0; p_to.isEmpty = false;
  if
  :: !hub.isIssued[p_m.id] ->
    /* Restored to before this identity was issued: another one, and not by chance the same. */
    if
    :: p_m.id > hub.issued -> hub.issued = p_m.id
    :: else
    fi;
    fork(1, 0, p_to);
    p_to.isEmpty = true
  :: else ->
    known = hub.log[p_m.id].n;
    if
    :: p_m.point > known -> p_to.kind = GAP; p_to.upTo = known
    :: else ->
      common = 0;
      do
      :: common < known && common < p_m.n && hub.log[p_m.id].edit[common] == p_m.edit[common] -> common++
      :: else -> break
      od;
#ifdef NO_CHAIN_HASH
      common = (known < p_m.n -> known : p_m.n);
#endif
      if
      :: common < p_m.point -> fork(p_m.id, 0, p_to); p_to.isEmpty = true
      :: common >= p_m.point && (common < known) -> fork(p_m.id, common, p_to); p_to.upTo = common
      :: else ->
        do
        :: hub.log[p_m.id].n < p_m.n -> next = p_m.edit[hub.log[p_m.id].n]; take(p_m.id, next)
        :: else -> break
        od;
        p_to.upTo = p_m.n
      fi
    fi
  fi
}

inline ask(p_l)
{
  /* Any earlier request may still be on its way; what was under way answers no open question. */
  if
  :: old[p_l].live -> old[p_l].fresh = false
  :: else
  fi;
  answer[p_l].fresh = false;
  request[p_l].live = true; request[p_l].fresh = true;
  request[p_l].id = laptop[p_l].id;
  request[p_l].point = laptop[p_l].verdicts - laptop[p_l].first;
  request[p_l].n = laptop[p_l].n - laptop[p_l].first;
  i = 0;
  do
  :: i < EDITS ->
    request[p_l].edit[i] = (i < request[p_l].n -> laptop[p_l].edit[laptop[p_l].first + i] : 0); i++
  :: else -> break
  od
}

/* The laptop hears an answer (section 5); one of another question is ignored (section 6). */
inline learn(p_l)
{
  isNew = answer[p_l].fresh;
#ifdef UNCORRELATED
  isNew = true;
#endif
  if
  :: isNew && answer[p_l].kind == TAKEN ->
    assert(laptop[p_l].first + answer[p_l].upTo <= laptop[p_l].n);   /* a verdict on what was sent */
    laptop[p_l].verdicts = laptop[p_l].first + answer[p_l].upTo
  :: isNew && answer[p_l].kind == FORKED ->
    laptop[p_l].id = answer[p_l].id;
    if
    :: answer[p_l].isEmpty -> laptop[p_l].first = 0
    :: else -> laptop[p_l].first = laptop[p_l].first + answer[p_l].upTo
    fi;
    laptop[p_l].verdicts = laptop[p_l].first
  :: isNew && answer[p_l].kind == GAP ->
#ifdef NOT_RETAINED
    /* What had a verdict is there no more; the rest is sealed right behind the hub's point. */
    i = laptop[p_l].verdicts;
    next = laptop[p_l].first + answer[p_l].upTo;
    do
    :: i < laptop[p_l].n -> laptop[p_l].edit[next] = laptop[p_l].edit[i]; next++; i++
    :: else -> break
    od;
    laptop[p_l].n = next;
#endif
    laptop[p_l].verdicts = laptop[p_l].first + answer[p_l].upTo
  :: else
  fi;
  assert(laptop[p_l].first <= laptop[p_l].verdicts && laptop[p_l].verdicts <= laptop[p_l].n);
  if
  :: isNew -> request[p_l].fresh = false; old[p_l].fresh = false; answer[p_l].fresh = false
  :: else
  fi
}

inline copy_hub(p_from, p_to)
{
  i = 0;
  do
  :: i < IDS ->
    p_to.isIssued[i] = p_from.isIssued[i];
    p_to.log[i].n = p_from.log[i].n;
    next = 0;
    do
    :: next < EDITS -> p_to.log[i].edit[next] = p_from.log[i].edit[next]; next++
    :: else -> break
    od;
    i++
  :: else -> break
  od;
  i = 0;
  do
  :: i < EDITS -> p_to.effect[i] = p_from.effect[i]; i++
  :: else -> break
  od;
  i = 0;
  do
  :: i < 4 * IDS -> p_to.child[i] = p_from.child[i]; i++
  :: else -> break
  od;
  p_to.issued = p_from.issued
}

/* No more faults: everybody syncs, and then all is as it must be. */
inline come_to_rest()
{
  old[0].live = false; old[1].live = false;
  round = 0;
  do
  :: round < 12 ->
    l = round % 2;
    ask(l); hear(request[l], answer[l]); answer[l].fresh = true; learn(l); round++
  :: else -> break
  od;
  l = 0;
  do
  :: l < 2 ->
    assert(laptop[l].verdicts == laptop[l].n);                                   /* I12 */
    i = laptop[l].first;
    do
    :: i < laptop[l].n ->
      assert(hub.log[laptop[l].id].edit[i - laptop[l].first] == laptop[l].edit[i]); /* I2, I4 */
      i++
    :: else -> break
    od;
    l++
  :: else -> break
  od;
  /* Two logs that differ have two identities. */
  assert(laptop[0].id != laptop[1].id || (!laptop[0].hasWritten && !laptop[1].hasWritten));
  assert(hub.effect[0] == 1);
  assert(!laptop[0].hasWritten || hub.effect[1] == 1);
  assert(!laptop[1].hasWritten || hub.effect[2] == 1)
}

inline clear_scratch() { i = 0; common = 0; known = 0; next = 0; isNew = 0; isKnown = 0 }

init {
  d_step {
    hub.issued = 1; hub.isIssued[1] = true;
    laptop[0].id = 1; laptop[0].n = 1;
    laptop[1].id = 1; laptop[1].n = 1;
  }
  do
  :: d_step { !laptop[0].hasWritten ->
       laptop[0].edit[laptop[0].n] = 1; laptop[0].n++; laptop[0].hasWritten = true }
  :: d_step { !laptop[1].hasWritten ->
       laptop[1].edit[laptop[1].n] = 2; laptop[1].n++; laptop[1].hasWritten = true }
  /* A laptop asks; the request before is lost, or stays under way behind it. */
  :: d_step { ask(0); clear_scratch() }
  :: d_step { ask(1); clear_scratch() }
  :: d_step { request[0].live -> old[0].live = 1; old[0].fresh = request[0].fresh;
       old[0].id = request[0].id; old[0].point = request[0].point; old[0].n = request[0].n;
       old[0].edit[0] = request[0].edit[0]; old[0].edit[1] = request[0].edit[1];
       old[0].edit[2] = request[0].edit[2] }
  :: d_step { request[1].live -> old[1].live = 1; old[1].fresh = request[1].fresh;
       old[1].id = request[1].id; old[1].point = request[1].point; old[1].n = request[1].n;
       old[1].edit[0] = request[1].edit[0]; old[1].edit[1] = request[1].edit[1];
       old[1].edit[2] = request[1].edit[2] }
  /* The hub hears one, for the first time or again; the answer before, if any, is lost. */
  :: d_step { request[0].live -> hear(request[0], answer[0]); clear_scratch() }
  :: d_step { request[1].live -> hear(request[1], answer[1]); clear_scratch() }
  :: d_step { old[0].live -> hear(old[0], answer[0]); clear_scratch() }
  :: d_step { old[1].live -> hear(old[1], answer[1]); clear_scratch() }
  /* A laptop hears the answer, which may come again. */
  :: d_step { answer[0].live -> learn(0); clear_scratch() }
  :: d_step { answer[1].live -> learn(1); clear_scratch() }
  :: d_step { !hasBackup -> copy_hub(hub, backup); hasBackup = true; clear_scratch() }
  :: d_step { hasBackup && !wasRestored ->
       copy_hub(backup, hub); wasRestored = true; clear_scratch() }
  :: d_step { true -> come_to_rest() } -> break
  od
}
