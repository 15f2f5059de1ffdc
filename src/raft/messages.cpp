#include "raft/messages.h"

#include <algorithm>

namespace quorate::raft {

bool differ_in_receiver_alone(const Append& a, const Append& b) {
    return a.term == b.term && a.prev_index == b.prev_index && a.prev_term == b.prev_term &&
           a.commit == b.commit && a.sent == b.sent && a.commit_only == b.commit_only &&
           std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                      [](const Entry& one, const Entry& other) {
                          return one.withheld() == other.withheld();
                      });
}

}  // namespace quorate::raft
