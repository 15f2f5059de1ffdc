// A member of the measured group: a component that answers whatever is sent to it, and measures
// when told to.
//
// Commands on its standard input, and what it says on its standard output:
//
//   status                          status STATE LEADER VOTERS ALIVE LEASE COMMIT_INDEX
//   echo COUNT BYTES                samples NS…      to the leader and back, one by one
//   broadcast COUNT BYTES           elapsed NS       until all have all
//   ordered OUTSTANDING MS BYTES    ordered COUNT ELAPSED_NS NS…, or, if leadership was lost,
//   ordered
//                                   none
//   stream OUTSTANDING BYTES MS     at NS COMMIT_INDEX   every MS, until any other command comes;
//                                   at none   if leadership was lost; streamed   at the end
//   polls COUNT                     begun NS…        when each was asked for, one by one
//   results                         results NS…      when those since the last asking ended here
//
// Unasked: elected TERM NS at each leader_elected; of a leader itself, committed TERM NS for the
// first ordered message of its term, and lease TERM NS for its first am_leader(); restored INDEX of
// a member that was given the state in place of the log, evicted of one that learnt it was (from
// either).
#pragma once

#include <string>
#include <vector>

namespace quorate::bench {

/// Arguments: GROUP INDEX HEARTBEAT_US ELECTION_MIN_US ELECTION_MAX_US PEER_TIMEOUT_US PORT…, the
/// ports being those of all members. Stays until standard input closes.
void run_member_worker(const std::vector<std::string>& arguments);

}  // namespace quorate::bench
