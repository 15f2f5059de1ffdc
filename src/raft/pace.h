// How fast a busy leader brings up who is behind: what was committed without a follower is brought
// to it half as fast again as the leader commits, no faster. So a member that comes back hardly
// slows the others down, and gains on them all the same.
//
//   pace.note_committed(now, bytes);         // as the leader commits
//   pace.note_round(now);                    // with each heartbeat: is it busy?
//   if (pace.allows(now, follower.resume_at)) {       // kept for each follower
//       send(piece);
//       follower.resume_at = pace.resume_after(follower.resume_at, piece.bytes);
//   }
//
// A leader that commits little has time to spare and keeps no pace; nor does one that has just
// stopped committing, for the group may wait for this very follower. Plain numbers, no clock of its
// own, one thread, no errors. With nothing to go by in the thesis, the factor is what `quorate
// bench catch-up` asks for: the leader is to keep 0.8 of its throughput.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "raft/types.h"

namespace quorate::raft {

class Pace {
public:
    /// In the bytes that the leader commits, one after another.
    using Position = std::uint64_t;

    /// `busy_rate`: who commits so many bytes a second, or more, is busy, until it has committed
    /// nothing for as long as `quiet`.
    Pace(std::size_t busy_rate, Nanos quiet)
        : busy_rate_(static_cast<double>(busy_rate)), quiet_(quiet) {}

    /// Leadership begins: what was counted until now is forgotten.
    void begin(Nanos now) {
        committed_ = committed_at_round_ = kept_ = 0;
        committed_at_ = round_at_ = now;
        busy_ = false;
    }
    void note_committed(Nanos now, std::size_t bytes) {
        committed_ += bytes;
        committed_at_ = now;
    }
    void note_round(Nanos now) {
        const double passed = seconds(now - round_at_);
        const auto bytes = static_cast<double>(committed_ - committed_at_round_);
        busy_ = bytes > 0 && bytes >= busy_rate_ * passed;
        kept_ = passed > 0 ? static_cast<Position>(bytes * seconds(quiet_) / passed) : 0;
        committed_at_round_ = committed_;
        round_at_ = now;
    }

    /// In the last round; for a fingerprint.
    bool busy() const { return busy_; }
    bool allows(Nanos now, Position resume_at) const {
        return !busy_ || now >= quiet_at() || committed_ >= resume_at;
    }
    /// When no pace is kept any more, unless something is committed before.
    Nanos quiet_at() const { return committed_at_ + quiet_; }

    /// Commits come in lumps: what they allow, and is not used yet, is not lost, up to what is
    /// committed within `quiet`. (Lumps that are further apart end the pace.) And what was sent
    /// while there was time to spare is not to be paid for.
    Position resume_after(Position resume_at, std::size_t bytes) const {
        const Position step = bytes * 2 / 3;
        const Position kept = std::min(committed_, kept_);
        return std::clamp(resume_at + step, committed_ - kept, committed_ + step);
    }

private:
    static double seconds(Nanos time) { return std::chrono::duration<double>(time).count(); }

    double busy_rate_;
    Nanos quiet_;
    Position committed_ = 0;  ///< since leadership began
    Position committed_at_round_ = 0;
    Position kept_ = 0;  ///< of what commits allowed
    Nanos committed_at_{};
    Nanos round_at_{};
    bool busy_ = false;
};

}  // namespace quorate::raft
