# What a group writes into its log, and the state that stands for the part of the log that was
# forgotten.
#
# Every message is a single segment without a segment table; its length is known from where it lies.
#
# Versions. Command.version and State.version say by which rules the rest is to be read:
#   1  first version; not frozen before the first release.
# A field may be added at the end of a struct under the same version only if a member that doesn't
# know it still comes to the same state: all members must apply an entry alike. Anything else takes a
# new version, which is written only once every member can read it. Fields are never renumbered.
#
# Times are nanoseconds. Ids are 128 bits as two words; both zero means none.
@0xb5599aba5f791b14;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("quorate::schema::log");

enum Role { member @0; observer @1; witness @2; }
enum Kind { coordinated @0; default @1; }
enum Departure { left @0; lost @1; }
enum Voting { majority @0; consensus @1; }
enum Subject { value @0; action @1; }
enum ActionClock { realtime @0; tai @1; monotonic @2; }
enum Outcome { yes @0; no @1; timeout @2; lost @3; }
enum Choice { none @0; yes @1; no @2; }

struct Id {
  high @0 :UInt64;
  low @1 :UInt64;
}

struct MemberRecord {
  id :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  role @2 :Role;
  name @3 :Text;
  endpoint @4 :Text;
}

struct GroupSpec {
  size @0 :UInt32;
  maxVoters @1 :UInt32;
  kind @2 :Kind;
  durable @3 :Bool;
  heartbeatNs @4 :Int64;
  electionMinNs @5 :Int64;
  electionMaxNs @6 :Int64;
  peerTimeoutNs @7 :Int64;
  refoundAfter :union {
    never @8 :Void;
    ns @9 :Int64;
  }
}

# What the founders agreed on: the state at index 0.
struct Founding {
  incarnation :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  epoch @2 :UInt64;
  spec @3 :GroupSpec;
  roster @4 :List(MemberRecord);
}

# One log entry of the kind command.
struct Command {
  version @0 :UInt16;
  union {
    join @1 :MemberRecord;
    leave @2 :Leave;
    ordered @3 :OrderedMessage;
    openPoll @4 :OpenPoll;
    castVote @5 :CastVote;
    expirePoll @6 :Id;
    closeAction @7 :CloseAction;
    cancelAction @8 :CancelAction;
    resize @9 :Resize;
    finishResize @10 :FinishResize;
  }
}

struct Leave {
  member :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  reason @2 :Departure;
}

struct OrderedMessage {
  from :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  request @2 :UInt64;
  sentNs @3 :Int64;
  data @4 :Data;
  settledBelow @5 :UInt64;
  again @6 :Bool;
  asLeader @7 :Bool;        # its sender led in the entry's term
}

struct OpenPoll {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  requester :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  request @4 :UInt64;
  timeoutNs @5 :Int64;
  kind @6 :Voting;
  subject @7 :Subject;
  topic @8 :Data;   # any bytes that the application likes
  action @9 :ActionTerms;  # if the subject is one
  stamp @10 :Stamp;        # actions: the leader's, by the action's clock
}

# The time by a leader's clock: its reading, less and more the bound on its error.
struct Stamp {
  earliestNs @0 :Int64;
  latestNs @1 :Int64;
}

struct ActionTerms {
  atNs @0 :Int64;
  toleranceNs @1 :Int64;
  marginNs @2 :Int64;
  clock @3 :ActionClock;
}

# The leader's: the poll has its majority, and this is the time.
struct CloseAction {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  stamp @2 :Stamp;
}

struct CancelAction {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  requester :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  request @4 :UInt64;
  stamp @5 :Stamp;
}

struct Resize {
  requester :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  request @2 :UInt64;
  size @3 :UInt32;
}

# The leader's: all that were in the roster at `judged` have the entry at `since`.
struct FinishResize {
  since @0 :UInt64;
  judged @1 :UInt64;
}

struct CastVote {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  voter :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  yes @4 :Bool;
  unsynchronised @5 :Bool;  # a no of the library, for the sake of the voter's clock
}

# The whole state after the entry at index `applied`.
struct State {
  version @0 :UInt16;
  applied @1 :UInt64;
  founding @2 :Founding;
  roster @3 :List(MemberRecord);  # in the order of joining
  polls @4 :List(Poll);           # open ones, by id
  results @5 :List(PollResult);   # closed ones, in the order of closing
  sessions @6 :List(Session);     # by member
  actions @7 :List(Action);       # agreed ones whose moment may be to come, by id
  growing @8 :Growing;            # size 0 unless the group is to get larger
}

struct Growing {
  size @0 :UInt32;
  requester :group {
    high @1 :UInt64;
    low @2 :UInt64;
  }
  request @3 :UInt64;
  since @4 :UInt64;               # index
  joined @5 :UInt64;              # index of the last that came in since then
}

struct Action {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  topic @2 :Data;
  terms @3 :ActionTerms;
  electorate @4 :List(Id);
}

# Which ordered messages of a member were applied, and where.
struct Session {
  member :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  base @2 :UInt64;                # number of the first one in `applied`
  lastIndex @3 :UInt64;
  applied @4 :List(UInt64);       # indexes; 0: not applied
}

struct Poll {
  id :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  requester :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  openedAt @4 :UInt64;
  timeoutNs @5 :Int64;
  kind @6 :Voting;
  subject @7 :Subject;
  topic @8 :Data;
  electorate @9 :List(Ballot);    # by voter
  action @10 :ActionTerms;
}

struct Ballot {
  voter :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  choice @2 :Choice;
  gone @3 :Bool;
  unsynchronised @4 :Bool;
}

struct PollResult {
  poll :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  index @2 :UInt64;
  yesVotes @3 :UInt32;
  noVotes @4 :UInt32;
  electorate @5 :UInt32;
  outcome @6 :Outcome;
  voters @7 :List(Id);
  unsynchronised @8 :List(Id);
  cancelled @9 :Bool;
  action @10 :ActionTerms;        # null: no action was agreed on
}
