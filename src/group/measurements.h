// What one loop counts and measures, for GroupMetrics: plain additions, no allocation.
//
//   measurements_.turn_began(now(), deadline);
//   measurements_.proposed(index, now());        // … and later
//   measurements_.committed(raft_->commit_index(), now());
//
// One loop owns it. Whoever fires timed actions counts them in values().actions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "group/group_loop.h"
#include "io/transport.h"
#include "quorate/metrics.h"

namespace quorate::group {

using base::Nanos;

class Measurements {
public:
    /// A turn that began at `now` and was due at `deadline`; earlier ones were called for by
    /// inputs.
    void turn_began(Nanos now, Nanos deadline) {
        if (now >= deadline) values_.loop_lateness.add(now - deadline);
    }
    /// A sign of life of the leader of `term`, due every `heartbeat`.
    void leader_heard(Nanos now, raft::Term term, Nanos heartbeat);
    /// This member was stopped itself: what it did not hear meanwhile says nothing.
    void excuse() { leader_term_ = 0; }
    /// Leader: an entry was appended. Of many under way only some are timed.
    void proposed(raft::Index index, Nanos now);
    void committed(raft::Index commit, Nanos now);
    /// What was proposed is not this member's to commit any more.
    void forget_proposed() { timed_ = 0; }
    void election_ended(const ElectionRecord& record);
    void link_full() { ++link_full_; }
    void rate_limited() { ++rate_limited_; }
    /// `unseen`: what the transport dropped already.
    void set_drops(const DropCounters& drops, const io::UnseenDrops& unseen);

    GroupMetrics& values() { return values_; }
    const GroupMetrics& values() const { return values_; }

private:
    struct Timed {
        raft::Index index = 0;
        Nanos since{};
    };
    static constexpr std::size_t max_timed = 256;

    GroupMetrics values_;
    raft::Term leader_term_ = 0;
    Nanos leader_heard_{};
    std::array<Timed, max_timed> ring_{};  ///< of entries under way, oldest first
    std::size_t oldest_ = 0;
    std::size_t timed_ = 0;
    std::uint64_t link_full_ = 0;
    std::uint64_t rate_limited_ = 0;
};

/// The smoothed round-trip time after one more of `measured` (RFC 6298, section 2).
inline Nanos smoothed(Nanos before, Nanos measured) {
    return before == Nanos{0} ? measured : before + (measured - before) / 8;
}

}  // namespace quorate::group
