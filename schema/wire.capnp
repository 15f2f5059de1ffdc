# What members send each other.
#
# A frame is a prefix of 8 bytes and then one Cap'n Proto segment with a Frame as its root, without a
# segment table. The prefix: 'Q' 'R' 'T', a zero byte, the protocol version (16 bits, little-endian),
# two zero bytes. So the version is known before anything of it is parsed.
#
# On the beacon a datagram is one frame, or a bundle of frames: a prefix with a 1 in place of the first of
# the two zero bytes, then each frame behind its length (64 bits, little-endian).
#
# Protocol versions:
#   1  first version; not frozen before the first release.
# A field or a body may be added at the end under the same version if those who don't know it may ignore
# it; anything else takes a new version. Members of different versions don't hear each other. Fields are
# never renumbered.
#
# Times are nanoseconds. Ids are 128 bits as two words; both zero means none.
@0xb4e948a79036a69c;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("quorate::schema::wire");

using Log = import "log.capnp";

struct Frame {
  group @0 :Text;               # TYPE.INSTANCE
  incarnation :group {
    high @1 :UInt64;
    low @2 :UInt64;
  }
  sender :group {
    high @3 :UInt64;
    low @4 :UInt64;
  }
  receiver :group {
    high @5 :UInt64;
    low @6 :UInt64;
  }
  body :union {
    hello @7 :Hello;
    helloReply @8 :Hello;
    foundingProposal @9 :FoundingProposal;
    foundingAck @10 :FoundingAck;
    foundingDone @11 :FoundingDone;
    joinRequest @12 :JoinRequest;
    joinReply @13 :JoinReply;
    voteRequest @14 :VoteRequest;
    voteReply @15 :VoteReply;
    append @16 :Append;
    appendReply @17 :AppendReply;
    installSnapshot @18 :InstallSnapshot;
    timeoutNow @19 :TimeoutNow;
    proposal @20 :Proposal;
    proposalReply @21 :ProposalReply;
    appMessages @22 :AppMessages;
    farewell @23 :Farewell;
    beacon @24 :Beacon;
    snapshotReply @25 :SnapshotReply;
    otherDeployment @26 :OtherDeployment;
    # Kept for bodies to come; as any unknown body, dropped.
    reserved27 @27 :Void;
    reserved28 @28 :Void;
    reserved29 @29 :Void;
    inspect @30 :Inspect;
    inspection @31 :Inspection;
  }
}

# ---- introductions ----

struct Introduction {
  name @0 :Text;
  endpoint @1 :Text;
  role @2 :Log.Role;
}

struct Standing {
  incarnation :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  leader :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  epoch @4 :UInt64;
  quorum @5 :Bool;
  lease @6 :Bool;
  leaderEndpoint @7 :Text;
  company @8 :Bool;             # of a default group, which has no incarnation: not alone
  otherSize @9 :UInt32;         # inside: growing to it; outside: before a growth; 0: none
}

struct Contact {
  id :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  endpoint @2 :Text;
  key @3 :Data;                 # the member's public key; a hint
}

struct Hello {
  self @0 :Introduction;
  standing @1 :Standing;
  spec @2 :Log.GroupSpec;
  nonce @3 :UInt64;
  contacts @4 :List(Contact);
}

struct Beacon {
  self @0 :Introduction;
  standing @1 :Standing;
  key @2 :Data;                 # the sender's public key; a hint
}

# The answer to a Hello whose sender has not proven that it knows the deployment's token.
struct OtherDeployment {
  nonce @0 :UInt64;
}

# ---- founding and joining ----

struct FoundingProposal {
  founding :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  sentNs @2 :Int64;
  spec @3 :Log.GroupSpec;
  invited @4 :List(Contact);
}

struct FoundingAck {
  founding :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  sentNs @2 :Int64;
  highestEpoch @3 :UInt64;
  accepted @4 :Bool;
  waiting @5 :Bool;
  self @6 :Introduction;
}

struct FoundingDone {
  founding @0 :Log.Founding;
  byAll @1 :Bool;
}

struct JoinRequest {
  self @0 :Introduction;
  spec @1 :Log.GroupSpec;
  nonce @2 :UInt64;
}

struct JoinReply {
  leader :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  nonce @2 :UInt64;
  answer @3 :Answer;
  leaderEndpoint @4 :Text;
  reason @5 :Text;

  enum Answer { pending @0; redirect @1; noLeader @2; refused @3; }
}

# ---- Raft ----

struct VoteRequest {
  term @0 :UInt64;
  lastIndex @1 :UInt64;
  lastTerm @2 :UInt64;
  handedOn @3 :UInt64;
  deadLeader :group {
    high @4 :UInt64;
    low @5 :UInt64;
  }
  sentNs @6 :Int64;
  preVote @7 :Bool;
}

struct VoteReply {
  term @0 :UInt64;
  sentNs @1 :Int64;
  granted @2 :Bool;
  preVote @3 :Bool;
  refusal @4 :Refusal;

  enum Refusal {
    none @0;
    staleTerm @1;
    sticky @2;
    logBehind @3;
    votedAlready @4;
    withheld @5;
  }
}

struct Configuration {
  voters @0 :List(Log.Id);
  outgoing @1 :List(Log.Id);
  learners @2 :List(Log.Id);
  witnesses @3 :List(Log.Id);   # each also a voter
  seats @4 :UInt32;             # at least 1
  outgoingSeats @5 :UInt32;     # of `outgoing`; 0 if there is none
}

# Its index follows from its place: the first one's is prevIndex + 1.
struct Entry {
  term @0 :UInt64;
  union {
    noop @1 :Void;
    configuration @2 :Configuration;
    command @3 :Data;           # a Log.Command
    application @4 :Data;       # the same; to a witness, empty
  }
}

struct Append {
  term @0 :UInt64;
  prevIndex @1 :UInt64;
  prevTerm @2 :UInt64;
  commit @3 :UInt64;
  sentNs @4 :Int64;
  successorRank @5 :UInt32;
  entries @6 :List(Entry);
  commitOnly @7 :Bool;
}

struct AppendReply {
  term @0 :UInt64;
  match @1 :UInt64;
  hintIndex @2 :UInt64;
  hintTerm @3 :UInt64;
  sentNs @4 :Int64;
  accepted @5 :Bool;
  needsSnapshot @6 :Bool;
  promise @7 :Bool;
  priority @8 :UInt8;
}

struct InstallSnapshot {
  term @0 :UInt64;
  sentNs @1 :Int64;
  index @2 :UInt64;
  snapshotTerm @3 :UInt64;
  configuration @4 :Configuration;
  state @5 :Data;               # of a Log.State, what begins at `offset`
  offset @6 :UInt64;
  done @7 :Bool;                # this is the last chunk
}

struct SnapshotReply {
  term @0 :UInt64;
  index @1 :UInt64;
  received @2 :UInt64;
  sentNs @3 :Int64;
}

struct TimeoutNow {
  term @0 :UInt64;
}

# ---- requests to the leader, and application messages ----

struct Proposal {
  request @0 :UInt64;
  command @1 :Data;             # a Log.Command
}

struct ProposalReply {
  request @0 :UInt64;
  error @1 :ErrorCode;
}

enum ErrorCode {
  noLeader @0;
  noQuorum @1;
  unknownOutcome @2;
  notCoordinated @3;
  notLeader @4;
  unknownMember @5;
  unknownPoll @6;
  alreadyVoted @7;
  tooLate @8;
  tooLarge @9;
  wouldBlock @10;
  clockUnsynchronised @11;
  badArgument @12;
  refused @13;
  cannotBind @14;
  left @15;
  lost @16;
  internal @17;
}

# What one member has for another at one moment, in the order in which it was sent. `sequence` grows
# with each frame of a sender, whoever it is for: one that comes late or twice is not taken.
struct AppMessages {
  sequence @0 :UInt64;
  epoch @1 :UInt64;
  term @2 :UInt64;
  fromLeader @3 :Bool;
  messages @4 :List(AppMessage);
}

struct AppMessage {
  sentNs @0 :Int64;
  address @1 :Address;
  data @2 :Data;

  enum Address { group @0; leader @1; member @2; }
}

struct Farewell {
  term @0 :UInt64;
}

# ---- questions from outside (quorate status, members, watch, elections) ----

# To whoever answers at an endpoint: without a receiver, and without a group, which who asks need not
# know. The sender is no member.
struct Inspect {
  nonce @0 :UInt64;
  subject @1 :Subject;
  replyTo @2 :Text;             # an endpoint

  enum Subject { status @0; elections @1; }
}

struct Inspection {
  nonce @0 :UInt64;
  name @1 :Text;                # of the member that answers
  union {
    status @2 :Status;
    elections @3 :List(Election);
  }
}

struct Status {
  leader :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  incarnation :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  term @4 :UInt64;
  epoch @5 :UInt64;
  commitIndex @6 :UInt64;
  state @7 :State;
  quorum @8 :Bool;
  lease @9 :Bool;
  endpoint @10 :Text;
  beaconProblem @11 :Text;
  members @12 :List(MemberInfo);
  size @13 :UInt32;

  enum State {
    follower @0; candidate @1; leader @2; learner @3; standby @4; observer @5; witness @6; outside @7;
  }
}

struct MemberInfo {
  id :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  name @2 :Text;
  role @3 :Log.Role;
  voter @4 :Bool;
  alive @5 :Bool;
}

struct Election {
  number @0 :UInt64;
  term @1 :UInt64;
  leader :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  previousLeader :group {
    high @4 :UInt64;
    low @5 :UInt64;
  }
  beganNs @6 :Int64;            # CLOCK_REALTIME
  tookNs @7 :Int64;
  trigger @8 :Trigger;
  outcome @9 :Outcome;
  campaigned @10 :Bool;
  votesLeftOut @11 :UInt32;
  leaderName @12 :Text;
  previousLeaderName @13 :Text;
  votes @14 :List(Vote);

  enum Trigger { unknown @0; timeout @1; leaderDead @2; transfer @3; founding @4; }
  enum Outcome { elected @0; kept @1; givenUp @2; }
}

struct Vote {
  voter :group {
    high @0 :UInt64;
    low @1 :UInt64;
  }
  candidate :group {
    high @2 :UInt64;
    low @3 :UInt64;
  }
  term @4 :UInt64;
  afterNs @5 :Int64;
  preVote @6 :Bool;
  answer @7 :Answer;
  voterName @8 :Text;

  enum Answer { granted @0; staleTerm @1; sticky @2; logBehind @3; votedAlready @4; withheld @5; }
}
